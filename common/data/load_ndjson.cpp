#include <map>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "data/load.hpp"
#include "data/record_buffer.hpp"
#include "data/table_builder.hpp"
#include "data/value_text.hpp"

namespace data {
namespace {

class NdjsonReader {
 public:
  explicit NdjsonReader(const std::filesystem::path& path) : buffer_(path) {}

  // The next object; missing at the end. Empty lines are left out.
  std::optional<base::Json> next() {
    while (const auto size = line_size()) {
      line_ = buffer_.line();
      const auto line = buffer_.pending().substr(0, size);
      check_text(buffer_, line, line_);
      const auto text = std::string(base::trim(line));
      buffer_.consume(size);
      if (text.empty()) continue;
      auto value = base::parse_json(text, buffer_.path().string() + " line " + std::to_string(line_));
      if (!value.is_object()) throw error(std::string("expected an object, got ") + value.type_name());
      return value;
    }
    return std::nullopt;
  }
  base::Error error(const std::string& message) const { return buffer_.error(line_, message); }

 private:
  std::size_t line_size() {
    std::size_t from = 0;
    while (true) {
      const auto text = buffer_.pending();
      const auto stop = text.find('\n', from);
      if (stop != std::string_view::npos) return stop + 1;
      from = text.size();
      if (!buffer_.read_more()) return from;
    }
  }

  RecordBuffer buffer_;
  std::uint64_t line_ = 1;
};

base::Error mixed(const NdjsonReader& reader, const std::string& name, const base::Json& value,
                  std::string_view type) {
  return reader.error("column '" + base::printable(name, 100) + "': " + base::printable(value.dump(), 100) +
                      " is not of the type " + std::string(type));
}

ColumnType type_of(const NdjsonReader& reader, const std::string& name, const base::Json& value) {
  if (value.is_boolean()) return ColumnType::boolean;
  if (value.is_number_float()) return ColumnType::real;
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > 9223372036854775807ULL)
    return ColumnType::real;
  if (value.is_number()) return ColumnType::integer;
  if (value.is_string()) return ColumnType::text;
  throw mixed(reader, name, value, "number, text or boolean; flatten it first");
}

struct Shape {
  Columns columns;                            // in the order in which the names first appear
  std::map<std::string, std::size_t> places;  // by name
};

void widen(const NdjsonReader& reader, Column& column, const base::Json& value, bool known) {
  const auto type = type_of(reader, column.name, value);
  if (!known || type == column.type) {
    column.type = type;
  } else if (is_number(type) && is_number(column.type)) {
    column.type = ColumnType::real;
  } else {
    throw mixed(reader, column.name, value, to_string(column.type));
  }
}

Shape infer_shape(const std::filesystem::path& path, const ReadSettings& settings) {
  NdjsonReader reader(path);
  Shape shape;
  std::vector<char> known;
  while (const auto object = reader.next()) {
    for (const auto& [name, value] : object->items()) {
      const auto [place, fresh] = shape.places.emplace(name, shape.columns.size());
      if (fresh) {
        shape.columns.push_back({name, ColumnType::text});
        known.push_back(0);
      }
      if (value.is_null()) continue;
      if (settings.types.count(name) == 0)
        widen(reader, shape.columns[place->second], value, known[place->second] != 0);
      known[place->second] = 1;
    }
  }
  if (shape.columns.empty())
    throw base::Error(base::ErrorKind::input, path.string() + " holds no object; expected one a line");
  check_columns_exist(path, names_of(shape.columns), settings);
  for (const auto& [name, type] : settings.types) shape.columns[shape.places.at(name)].type = type;
  return shape;
}

bool set_json(TableBuilder& builder, std::size_t column, ColumnType type, const base::Json& value) {
  switch (type) {
    case ColumnType::boolean:
      if (value.is_boolean()) builder.set_boolean(column, value.get<bool>());
      return value.is_boolean();
    case ColumnType::integer:
      if (value.is_number_integer()) builder.set_integer(column, value.get<std::int64_t>());
      return value.is_number_integer();
    case ColumnType::real:
      if (value.is_number()) builder.set_real(column, value.get<double>());
      return value.is_number();
    case ColumnType::text:
      if (value.is_string()) builder.set_text(column, value.get_ref<const std::string&>());
      return value.is_string();
    case ColumnType::date: {
      const auto days = value.is_string() ? date_from(value.get_ref<const std::string&>()) : std::nullopt;
      if (days) builder.set_date(column, *days);
      return days.has_value();
    }
    case ColumnType::timestamp: {
      const auto time =
          value.is_string() ? timestamp_from(value.get_ref<const std::string&>()) : std::nullopt;
      if (time) builder.set_timestamp(column, *time);
      return time.has_value();
    }
  }
  return false;
}

}  // namespace

TableInfo load_ndjson(Connection& connection, const std::string& name, const std::filesystem::path& path,
                      const ReadSettings& settings) {
  const auto shape = infer_shape(path, settings);
  NdjsonReader reader(path);
  TableBuilder builder(connection, name, shape.columns);
  while (const auto object = reader.next()) {
    for (const auto& [key, value] : object->items()) {
      const auto place = shape.places.find(key);
      if (value.is_null()) continue;
      if (place == shape.places.end()) throw reader.error("the file changed while it was read");
      const auto type = shape.columns[place->second].type;
      if (!set_json(builder, place->second, type, value)) throw mixed(reader, key, value, to_string(type));
    }
    builder.end_row();
  }
  return {shape.columns, builder.finish()};
}

}  // namespace data
