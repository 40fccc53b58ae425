#include "data/column_type.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/text.hpp"

namespace data {
namespace {

struct TypeNames {
  ColumnType type;
  std::string_view name;
  std::string_view sql;
};

constexpr std::array<TypeNames, 6> all_types{{{ColumnType::boolean, "boolean", "BOOLEAN"},
                                              {ColumnType::integer, "integer", "BIGINT"},
                                              {ColumnType::real, "real", "DOUBLE"},
                                              {ColumnType::text, "text", "VARCHAR"},
                                              {ColumnType::date, "date", "DATE"},
                                              {ColumnType::timestamp, "timestamp", "TIMESTAMP"}}};

const TypeNames& entry(ColumnType type) {
  return all_types[static_cast<std::size_t>(type)];
}

}  // namespace

std::string_view to_string(ColumnType type) {
  return entry(type).name;
}

std::string_view sql_type(ColumnType type) {
  return entry(type).sql;
}

ColumnType parse_column_type(std::string_view text) {
  std::vector<std::string> known;
  for (const auto& each : all_types) {
    if (each.name == text) return each.type;
    known.emplace_back(each.name);
  }
  throw base::Error(base::ErrorKind::input, "'" + base::printable(text, 100) +
                                                "' is not a column type; expected one of " +
                                                base::join(known, ", "));
}

bool is_number(ColumnType type) {
  return type == ColumnType::integer || type == ColumnType::real;
}

std::vector<std::string> names_of(const Columns& columns) {
  std::vector<std::string> names;
  for (const auto& column : columns) names.push_back(column.name);
  return names;
}

const Column* find_column(const Columns& columns, std::string_view name) {
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](const Column& each) { return each.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

}  // namespace data
