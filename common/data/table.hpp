// Tables in files: CSV, TSV, Parquet and NDJSON, read strictly into the engine and written the same way every
// time.
//
// Text formats are checked from the first byte to the last before the engine sees them: UTF-8 without NUL,
// every row as long as the header, quotes closed, header names present and different. Types are inferred from
// all rows, never from a sample: boolean (true, false), integer, real, date (2026-01-31), timestamp
// (2026-01-31 12:30:00), else text. Whole numbers with a leading zero or beyond 64 bits stay text, so that no
// digit is lost. An empty field is null, quoted or not; nothing else is, unless `null_values` says so.
//
// Errors: Error{input} "FILE:LINE: column 'NAME': …" with the value, Error{precondition} for a file that is
// missing or cannot be read.   Threads: as the engine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "data/column_type.hpp"
#include "data/engine.hpp"

namespace data {

enum class TableFormat { csv, tsv, parquet, ndjson };

std::string_view to_string(TableFormat format);
// By the name's ending: .csv, .tsv, .parquet, .ndjson, .jsonl; missing for any other.
std::optional<TableFormat> table_format(const std::filesystem::path& path);

struct ReadSettings {
  std::optional<TableFormat> format;          // missing: by the name's ending
  std::vector<std::string> null_values;       // in text formats, beside the empty field
  std::map<std::string, ColumnType> types;    // instead of what would be inferred
  std::vector<std::string> required_columns;  // their absence is an error naming those that exist
};

struct TableInfo {
  Columns columns;
  std::uint64_t rows = 0;
};

// Makes the engine's table `name` from the file, in the file's order.
TableInfo load_table(Connection& connection, const std::string& name, const std::filesystem::path& path,
                     const ReadSettings& settings = {});

// Makes the engine's table `name` from `query`, in its order, every column as one of our types. Error{input}
// when a column is of none of them.
Columns make_table(Connection& connection, const std::string& name, const std::string& query);

// Writes the result of `query` to exactly `path` (for atomicity write beside and rename). CSV and TSV: comma
// or tab, "\n", a header, quotes only where needed, null as nothing. Parquet: zstd, row groups of 122880.
// The same rows give the same bytes. NDJSON is not written: Error{usage}.
void write_table(Connection& connection, const std::string& query, const std::filesystem::path& path,
                 TableFormat format);

}  // namespace data
