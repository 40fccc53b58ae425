// ColumnType: the few types that a table's column can have here, whatever the file format calls them.
//
// Errors: Error{input} from parse.   Threads: values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace data {

enum class ColumnType { boolean, integer, real, text, date, timestamp };

// "boolean", "integer", "real", "text", "date", "timestamp".
std::string_view to_string(ColumnType type);
ColumnType parse_column_type(std::string_view text);
// The type in SQL: BOOLEAN, BIGINT, DOUBLE, VARCHAR, DATE, TIMESTAMP.
std::string_view sql_type(ColumnType type);
// True for integer and real.
bool is_number(ColumnType type);

struct Column {
  std::string name;
  ColumnType type = ColumnType::text;
  friend bool operator==(const Column&, const Column&) = default;
};
using Columns = std::vector<Column>;

std::vector<std::string> names_of(const Columns& columns);
// Nothing when there is no column of that name.
const Column* find_column(const Columns& columns, std::string_view name);

}  // namespace data
