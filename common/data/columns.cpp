#include "data/columns.hpp"

#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data/csv_reader.hpp"
#include "data/engine.hpp"
#include "data/sql.hpp"

namespace data {
namespace {

// Numbers keep their type; a date or a timestamp becomes its text.
std::string select_sql(const Columns& columns) {
  std::vector<std::string> parts;
  for (const auto& column : columns) {
    const bool numeric = column.type == ColumnType::boolean || is_number(column.type);
    parts.push_back("CAST(" + quote_name(column.name) + " AS " + (numeric ? "DOUBLE" : "VARCHAR") + ")");
  }
  return "SELECT " + base::join(parts, ", ") + " FROM t";
}

// 1 rather than 1.0 and rather than 1e+20 for whole numbers that a label may be.
std::string label_text(double value) {
  if (std::trunc(value) == value && std::abs(value) < 9e15)
    return std::to_string(static_cast<long long>(value));
  return base::to_text(value);
}

}  // namespace

std::vector<std::optional<std::string>> ColumnValues::as_texts() const {
  if (!numeric()) return texts;
  std::vector<std::optional<std::string>> result;
  result.reserve(numbers.size());
  for (const auto& number : numbers)
    result.push_back(number ? std::optional(label_text(*number)) : std::nullopt);
  return result;
}

std::vector<ColumnValues> read_columns(const std::filesystem::path& path,
                                       const std::vector<std::string>& names, const ReadSettings& settings,
                                       std::size_t max_rows) {
  Database database;
  Connection connection(database);
  auto all = settings;
  all.required_columns.insert(all.required_columns.end(), names.begin(), names.end());
  const auto info = load_table(connection, "t", path, all);
  if (info.rows > max_rows) {
    throw base::Error(base::ErrorKind::input, path.string() + " has " + std::to_string(info.rows) +
                                                  " rows; the limit here is " + std::to_string(max_rows));
  }
  Columns wanted;
  std::vector<ColumnValues> result;
  for (const auto& name : names) {
    wanted.push_back(*find_column(info.columns, name));
    result.push_back({.name = name, .type = wanted.back().type});
  }
  if (names.empty()) return result;
  connection.query(select_sql(wanted), [&](const Row& row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (result[i].numeric()) {
        result[i].numbers.push_back(row[i].real());
      } else {
        result[i].texts.push_back(row[i].text());
      }
    }
  });
  return result;
}

std::vector<std::string> column_names(const std::filesystem::path& path, const ReadSettings& settings) {
  const auto format = settings.format ? settings.format : table_format(path);
  if (format == TableFormat::csv) return CsvReader(path, ',').header();
  if (format == TableFormat::tsv) return CsvReader(path, '\t').header();
  Database database;
  Connection connection(database);
  return names_of(load_table(connection, "t", path, settings).columns);
}

}  // namespace data
