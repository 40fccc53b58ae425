#include "data/table.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data/load.hpp"
#include "data/sql.hpp"

namespace data {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::array<std::pair<std::string_view, TableFormat>, 5> endings{{{".csv", TableFormat::csv},
                                                                           {".tsv", TableFormat::tsv},
                                                                           {".parquet", TableFormat::parquet},
                                                                           {".ndjson", TableFormat::ndjson},
                                                                           {".jsonl", TableFormat::ndjson}}};

std::string copy_options(TableFormat format) {
  switch (format) {
    case TableFormat::csv:
      return "FORMAT csv, HEADER true, DELIMITER ',', QUOTE '\"', ESCAPE '\"', NULLSTR ''";
    case TableFormat::tsv:
      return "FORMAT csv, HEADER true, DELIMITER '\t', QUOTE '\"', ESCAPE '\"', NULLSTR ''";
    case TableFormat::parquet:
      return "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880";
    case TableFormat::ndjson:
      return "FORMAT json";
  }
  return "";
}

}  // namespace

std::string_view to_string(TableFormat format) {
  switch (format) {
    case TableFormat::csv:
      return "csv";
    case TableFormat::tsv:
      return "tsv";
    case TableFormat::parquet:
      return "parquet";
    case TableFormat::ndjson:
      return "ndjson";
  }
  return "";
}

std::optional<TableFormat> table_format(const std::filesystem::path& path) {
  const auto ending = base::to_lower(path.extension().string());
  for (const auto& [text, format] : endings) {
    if (text == ending) return format;
  }
  return std::nullopt;
}

void check_columns_exist(const std::filesystem::path& path, const std::vector<std::string>& names,
                         const ReadSettings& settings) {
  auto wanted = settings.required_columns;
  for (const auto& [name, type] : settings.types) wanted.push_back(name);
  for (const auto& name : wanted) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    throw Error(ErrorKind::input, path.string() + " has no column '" + base::printable(name, 100) + "'" +
                                      base::did_you_mean_hint(name, names) + " (it has " +
                                      base::printable(base::join(names, ", "), 500) + ")");
  }
}

namespace {

// Columns as they are, each cast to its type here.
std::string select_columns(const Columns& columns) {
  std::vector<std::string> parts;
  for (const auto& column : columns) {
    const auto name = quote_name(column.name);
    parts.push_back(cast_to(column.type, name) + " AS " + name);
  }
  return "SELECT " + base::join(parts, ", ");
}

std::uint64_t count_rows(Connection& connection, const std::string& table) {
  return static_cast<std::uint64_t>(
      connection.query_integer("SELECT count(*) FROM " + quote_name(table)).value_or(0));
}

}  // namespace

Columns make_table(Connection& connection, const std::string& name, const std::string& query) {
  auto columns = connection.columns_of(query);
  connection.execute("CREATE TABLE " + quote_name(name) + " AS " + select_columns(columns) + " FROM (" +
                     query + "\n)");
  return columns;
}

TableInfo load_parquet(Connection& connection, const std::string& name, const std::filesystem::path& path,
                       const ReadSettings& settings) {
  // Opened here first, so that a missing file reads like a missing file of any other format.
  base::open_for_reading(path);
  const auto file = "FROM read_parquet(" + quote_text(path.string()) + ")";
  return base::in_context(path.string(), [&] {
    auto columns = connection.columns_of(file);
    check_columns_exist(path, names_of(columns), settings);
    for (auto& column : columns) {
      const auto given = settings.types.find(column.name);
      if (given != settings.types.end()) column.type = given->second;
    }
    connection.execute("CREATE TABLE " + quote_name(name) + " AS " + select_columns(columns) + " " + file);
    return TableInfo{columns, count_rows(connection, name)};
  });
}

TableInfo load_table(Connection& connection, const std::string& name, const std::filesystem::path& path,
                     const ReadSettings& settings) {
  const auto format = settings.format ? settings.format : table_format(path);
  if (!format) {
    throw Error(ErrorKind::input,
                path.string() +
                    ": what kind of table this is cannot be told from its name; expected an ending "
                    "of .csv, .tsv, .parquet, .ndjson or .jsonl");
  }
  switch (*format) {
    case TableFormat::csv:
      return load_csv(connection, name, path, settings, ',');
    case TableFormat::tsv:
      return load_csv(connection, name, path, settings, '\t');
    case TableFormat::parquet:
      return load_parquet(connection, name, path, settings);
    case TableFormat::ndjson:
      return load_ndjson(connection, name, path, settings);
  }
  return {};
}

void write_table(Connection& connection, const std::string& query, const std::filesystem::path& path,
                 TableFormat format) {
  base::in_context("writing " + path.string(), [&] {
    connection.execute("COPY (" + query + "\n) TO " + quote_text(path.string()) + " (" +
                       copy_options(format) + ")");
  });
}

}  // namespace data
