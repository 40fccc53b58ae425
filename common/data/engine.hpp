// The tabular engine: SQL over tables in memory that spill to a temporary directory (DuckDB's C API).
//
// Set so that the same input gives the same output: one thread, row order kept, no extension loaded or
// fetched, no network. After seal() only the files named there can be read or written by any SQL.
//
// Errors: Error{input} with the engine's words for SQL and files it refuses, Error{precondition} for a full
// disk or too little memory, Error{cancelled} and Error{deadline} while a query runs.
// Threads: a database, its connections and their results belong to one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.hpp"
#include "data/column_type.hpp"

namespace data {

// One value of a result row.
class Cell {
 public:
  Cell(const void* vector_data, const std::uint64_t* validity, int engine_type, std::uint64_t row)
      : data_(vector_data), validity_(validity), type_(engine_type), row_(row) {}

  bool is_null() const;
  // Missing when null. Error{internal} when the column has another type: cast in the SQL.
  std::optional<std::int64_t> integer() const;  // any integer column up to 64 bits, and booleans as 0 and 1
  std::optional<double> real() const;           // as integer(), and DOUBLE and FLOAT
  std::optional<std::string> text() const;      // VARCHAR

 private:
  [[noreturn]] void wrong_type(std::string_view wanted) const;

  const void* data_;
  const std::uint64_t* validity_;
  int type_;
  std::uint64_t row_;
};

using Row = std::vector<Cell>;

class Connection;

struct EngineSettings {
  std::string memory_limit = "512MB";
  std::filesystem::path temporary_directory;  // where tables spill; empty: one of our own
};

// A database in memory.
class Database {
 public:
  explicit Database(const EngineSettings& settings = {});
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

 private:
  friend class Connection;
  std::unique_ptr<base::TemporaryDirectory> spill_;
  void* handle_ = nullptr;
};

class Connection {
 public:
  explicit Connection(Database& database);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // Runs one statement for its effect.
  void execute(const std::string& sql);
  // Runs one statement; `on_row` gets each row as it is produced. Cells are valid during the call only.
  void query(const std::string& sql, const std::function<void(const Row&)>& on_row);
  // The first row's only number, such as a count; missing when null.
  std::optional<std::int64_t> query_integer(const std::string& sql);
  // Name and type of every column of `query`, which is not run.
  Columns columns_of(const std::string& query);

  // From now on only `files` can be opened by SQL, and no setting can be changed.
  void seal(const std::vector<std::filesystem::path>& files);

 private:
  friend class TableBuilder;
  void* handle_ = nullptr;
};

}  // namespace data
