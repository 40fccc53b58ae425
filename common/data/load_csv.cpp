#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data/csv_reader.hpp"
#include "data/load.hpp"
#include "data/table_builder.hpp"
#include "data/value_text.hpp"

namespace data {
namespace {

bool is_null_text(std::string_view text, const ReadSettings& settings) {
  return text.empty() || std::find(settings.null_values.begin(), settings.null_values.end(), text) !=
                             settings.null_values.end();
}

// First pass: every row is checked and every value seen.
Columns infer_columns(const std::filesystem::path& path, const ReadSettings& settings, char delimiter) {
  CsvReader reader(path, delimiter);
  check_columns_exist(path, reader.header(), settings);
  std::vector<TypeGuess> guesses(reader.header().size());
  while (reader.next()) {
    for (std::size_t i = 0; i < guesses.size(); ++i) {
      const auto text = reader.fields()[i];
      if (!is_null_text(text, settings)) guesses[i].see(text);
    }
  }
  Columns columns;
  for (std::size_t i = 0; i < guesses.size(); ++i) {
    const auto& name = reader.header()[i];
    const auto given = settings.types.find(name);
    columns.push_back({name, given == settings.types.end() ? guesses[i].type() : given->second});
  }
  return columns;
}

// False when the text is not of the type.
bool set_value(TableBuilder& builder, std::size_t column, ColumnType type, std::string_view text) {
  const auto set_if = [&](const auto& value, auto setter) {
    if (value) (builder.*setter)(column, *value);
    return value.has_value();
  };
  switch (type) {
    case ColumnType::boolean:
      return set_if(boolean_from(text), &TableBuilder::set_boolean);
    case ColumnType::integer:
      return set_if(integer_from(text), &TableBuilder::set_integer);
    case ColumnType::real:
      return set_if(real_from(text), &TableBuilder::set_real);
    case ColumnType::date:
      return set_if(date_from(text), &TableBuilder::set_date);
    case ColumnType::timestamp:
      return set_if(timestamp_from(text), &TableBuilder::set_timestamp);
    case ColumnType::text:
      break;
  }
  builder.set_text(column, text);
  return true;
}

}  // namespace

TableInfo load_csv(Connection& connection, const std::string& name, const std::filesystem::path& path,
                   const ReadSettings& settings, char delimiter) {
  TableInfo info{infer_columns(path, settings, delimiter), 0};
  CsvReader reader(path, delimiter);
  TableBuilder builder(connection, name, info.columns);
  while (reader.next()) {
    for (std::size_t i = 0; i < info.columns.size(); ++i) {
      const auto text = reader.fields()[i];
      if (is_null_text(text, settings) || set_value(builder, i, info.columns[i].type, text)) continue;
      throw reader.error(i, "'" + base::printable(text, 100) + "' is not of the type " +
                                std::string(to_string(info.columns[i].type)));
    }
    builder.end_row();
  }
  info.rows = builder.finish();
  return info;
}

}  // namespace data
