#include <cmath>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "data/profile.hpp"

namespace data {
namespace {

using base::Error;
using base::ErrorKind;
using base::Json;
using base::OrderedJson;

OrderedJson to_json(const NumericProfile& numbers) {
  OrderedJson json{{"finite", numbers.finite},
                   {"minimum", numbers.minimum},
                   {"maximum", numbers.maximum},
                   {"mean", numbers.mean},
                   {"standard_deviation", numbers.standard_deviation}};
  json["quantiles"] = OrderedJson::object();
  for (const auto& [probability, value] : numbers.quantiles)
    json["quantiles"][base::to_text(probability)] = value;
  json["histogram"] = {{"edges", numbers.histogram.edges}, {"counts", numbers.histogram.counts}};
  return json;
}

OrderedJson to_json(const ColumnProfile& column) {
  OrderedJson json{{"name", column.name}, {"type", to_string(column.type)}, {"nulls", column.nulls},
                   {"nan", column.nan},   {"infinite", column.infinite},    {"distinct", column.distinct}};
  if (column.numbers) json["numbers"] = to_json(*column.numbers);
  if (!column.top_values.empty()) {
    json["top_values"] = OrderedJson::array();
    for (const auto& [value, count] : column.top_values)
      json["top_values"].push_back({{"value", value}, {"count", count}});
  }
  return json;
}

std::uint64_t count_from(const Json& object, std::string_view key, std::string_view where) {
  const auto value = base::require_integer(object, key, where);
  if (value < 0)
    throw Error(ErrorKind::input, std::string(where) + ": '" + std::string(key) + "' is negative");
  return static_cast<std::uint64_t>(value);
}

double number_from(const Json& object, std::string_view key, std::string_view where) {
  const auto value = base::optional_number(object, key, where);
  if (!value || !std::isfinite(*value))
    throw Error(ErrorKind::input, std::string(where) + ": '" + std::string(key) + "' is missing");
  return *value;
}

double element_number(const Json& value, std::string_view where) {
  if (!value.is_number())
    throw Error(ErrorKind::input, std::string(where) + ": expected numbers in 'edges' and 'counts'");
  return value.get<double>();
}

Histogram histogram_from(const Json& json, std::string_view where) {
  Histogram histogram;
  for (const auto& edge : base::require_array(json, "edges", where))
    histogram.edges.push_back(element_number(edge, where));
  for (const auto& count : base::require_array(json, "counts", where)) {
    if (!count.is_number_unsigned() && element_number(count, where) < 0)
      throw Error(ErrorKind::input, std::string(where) + ": a count of the histogram is negative");
    histogram.counts.push_back(count.get<std::uint64_t>());
  }
  bool sorted = true;
  for (std::size_t i = 1; i < histogram.edges.size(); ++i)
    sorted = sorted && histogram.edges[i - 1] <= histogram.edges[i];
  if (!sorted || histogram.edges.size() != histogram.counts.size() + (histogram.counts.empty() ? 0U : 1U)) {
    throw Error(ErrorKind::input,
                std::string(where) + ": the histogram needs ascending edges, one more than it has counts");
  }
  return histogram;
}

NumericProfile numbers_from(const Json& json, std::string_view where) {
  NumericProfile numbers;
  numbers.finite = count_from(json, "finite", where);
  numbers.minimum = number_from(json, "minimum", where);
  numbers.maximum = number_from(json, "maximum", where);
  numbers.mean = number_from(json, "mean", where);
  numbers.standard_deviation = number_from(json, "standard_deviation", where);
  const auto& quantiles = base::require_object(json, "quantiles", where);
  for (const auto& [text, value] : quantiles.items()) {
    const auto probability = base::parse_double(text);
    if (!probability || !(*probability >= 0 && *probability <= 1))
      throw Error(ErrorKind::input, std::string(where) + ": '" + base::printable(text, 60) +
                                        "' is not a probability of a quantile");
    numbers.quantiles[*probability] = number_from(quantiles, text, where);
  }
  numbers.histogram = histogram_from(base::require_object(json, "histogram", where), where);
  return numbers;
}

ColumnProfile column_from(const Json& json, const std::string& document) {
  ColumnProfile column;
  column.name = base::require_string(json, "name", document);
  const auto where = document + ": column '" + base::printable(column.name, 100) + "'";
  column.type =
      base::in_context(where, [&] { return parse_column_type(base::require_string(json, "type", where)); });
  column.nulls = count_from(json, "nulls", where);
  column.nan = count_from(json, "nan", where);
  column.infinite = count_from(json, "infinite", where);
  column.distinct = count_from(json, "distinct", where);
  if (json.contains("numbers"))
    column.numbers = numbers_from(base::require_object(json, "numbers", where), where);
  if (json.contains("top_values")) {
    for (const auto& each : base::require_array(json, "top_values", where))
      column.top_values.push_back(
          {base::require_string(each, "value", where), count_from(each, "count", where)});
  }
  return column;
}

}  // namespace

const ColumnProfile* Profile::find(std::string_view name) const {
  for (const auto& column : columns) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

OrderedJson to_json(const Profile& profile) {
  OrderedJson json{{"schema_version", 1}, {"rows", profile.rows}, {"columns", OrderedJson::array()}};
  for (const auto& column : profile.columns) json["columns"].push_back(to_json(column));
  return json;
}

Profile profile_from_json(const Json& json, std::string_view where) {
  const std::string document(where);
  const auto version = base::require_integer(json, "schema_version", document);
  if (version != 1) {
    throw Error(ErrorKind::input, document + ": a profile of version " + std::to_string(version) +
                                      ", expected 1; write it with this release's preprocess-runner");
  }
  Profile profile;
  profile.rows = count_from(json, "rows", document);
  for (const auto& column : base::require_array(json, "columns", document))
    profile.columns.push_back(column_from(column, document));
  return profile;
}

Profile read_profile(const std::filesystem::path& path) {
  return profile_from_json(base::parse_json(base::read_file(path), path.string()), path.string());
}

}  // namespace data
