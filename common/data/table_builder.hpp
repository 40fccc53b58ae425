// TableBuilder: fills a new table of the engine row by row.
//
// Errors: Error{precondition} when memory and spill space are used up.   Threads: as the engine.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "data/column_type.hpp"
#include "data/engine.hpp"

namespace data {

class TableBuilder {
 public:
  // Makes the empty table.
  TableBuilder(Connection& connection, const std::string& name, const Columns& columns);
  TableBuilder(const TableBuilder&) = delete;
  TableBuilder& operator=(const TableBuilder&) = delete;
  ~TableBuilder();

  // The value of the row at hand in a column, which must be of that type. Without a call the value is null.
  void set_boolean(std::size_t column, bool value);
  void set_integer(std::size_t column, std::int64_t value);
  void set_real(std::size_t column, double value);
  void set_text(std::size_t column, std::string_view value);
  void set_date(std::size_t column, std::int32_t days);
  void set_timestamp(std::size_t column, std::int64_t microseconds);
  void end_row();
  // Completes the table; returns the number of its rows.
  std::uint64_t finish();

 private:
  struct State;
  void flush();
  std::unique_ptr<State> state_;
};

}  // namespace data
