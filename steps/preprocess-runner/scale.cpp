#include "base/error.hpp"
#include "base/text.hpp"
#include "data/sql.hpp"
#include "preprocess-runner/transform.hpp"

namespace preprocess_runner {
namespace {

using base::Error;
using base::ErrorKind;
using base::Json;
using data::ColumnType;
using data::quote_name;

const data::Column& number_column(const std::string& name, const Parts& parts) {
  const auto& column = parts.column(name);
  if (!data::is_number(column.type)) {
    throw Error(ErrorKind::input, "column '" + base::printable(name, 100) + "' is of the type " +
                                      std::string(to_string(column.type)) + ", expected integer or real");
  }
  return column;
}

// An aggregate over the finite values (as `x`) of the fitted part; missing when there are none.
std::optional<double> statistic(const std::string& aggregate, const data::Column& column, Parts& parts) {
  std::optional<double> value;
  parts.connection().query("SELECT CAST(" + aggregate + " AS DOUBLE) FROM (SELECT CAST(" +
                               quote_name(column.name) + " AS DOUBLE) AS x FROM " +
                               quote_name(parts.fitted().table) + ") WHERE isfinite(x)",
                           [&](const data::Row& row) { value = row[0].real(); });
  return value;
}

double required_statistic(const std::string& aggregate, const data::Column& column, Parts& parts) {
  const auto value = statistic(aggregate, column, parts);
  if (value) return *value;
  throw Error(ErrorKind::input,
              "column '" + base::printable(column.name, 100) + "' has no finite value to learn from" +
                  (parts.fitted().name.empty() ? "" : " in the part '" + parts.fitted().name + "'"));
}

std::string fill_expression(const data::Column& column, data::ColumnType type, const std::string& value) {
  return "CASE WHEN " + is_missing(column) + " THEN " + data::cast_to(type, data::quote_text(value)) +
         " ELSE " + data::cast_to(type, quote_name(column.name)) + " END";
}

// A constant column is only shifted, as scikit-learn does.
double divisor(double width) {
  return width == 0 ? 1 : width;
}

std::string most_frequent(const data::Column& column, Parts& parts) {
  const auto name = quote_name(column.name);
  std::optional<std::string> value;
  parts.connection().query("SELECT CAST(" + name + " AS VARCHAR) FROM " + quote_name(parts.fitted().table) +
                               " WHERE NOT (" + is_missing(column) + ") GROUP BY " + name +
                               " ORDER BY count(*) DESC, " + name + " LIMIT 1",
                           [&](const data::Row& row) { value = row[0].text(); });
  if (value) return *value;
  throw Error(ErrorKind::input,
              "column '" + base::printable(column.name, 100) + "' has no value to learn from");
}

std::string filler(const FillColumn& fill, const data::Column& column, Parts& parts) {
  switch (fill.with) {
    case FillWith::value:
      return fill.value;
    case FillWith::most_frequent:
      return most_frequent(column, parts);
    case FillWith::mean:
      return base::to_text(required_statistic("favg(x)", number_column(fill.name, parts), parts));
    case FillWith::median:
      return base::to_text(
          required_statistic("quantile_cont(x, 0.5)", number_column(fill.name, parts), parts));
  }
  return "";
}

}  // namespace

Json apply_fill(const Fill& fill, Parts& parts) {
  Parts::Replacements replacements;
  Json learned{{"operation", "fill"}, {"columns", Json::object()}};
  for (const auto& each : fill.columns) {
    const auto& column = parts.column(each.name);
    const auto value = filler(each, column, parts);
    // A mean or a median of whole numbers need not be whole.
    const bool statistic_of_numbers = each.with == FillWith::mean || each.with == FillWith::median;
    const auto type = statistic_of_numbers ? ColumnType::real : column.type;
    replacements.push_back({each.name, {{fill_expression(column, type, value), each.name}}});
    if (each.with != FillWith::value) learned["columns"][each.name] = value;
  }
  parts.replace(replacements);
  return learned["columns"].empty() ? Json() : learned;
}

Json apply_scale(const Scale& scale, Parts& parts) {
  const bool standard = scale.method == ScaleMethod::standard;
  Parts::Replacements replacements;
  Json learned{
      {"operation", "scale"}, {"method", standard ? "standard" : "min-max"}, {"columns", Json::object()}};
  for (const auto& name : scale.columns) {
    const auto& column = number_column(name, parts);
    const double shift = required_statistic(standard ? "favg(x)" : "min(x)", column, parts);
    const double width =
        divisor(required_statistic(standard ? "stddev_pop(x)" : "max(x) - min(x)", column, parts));
    replacements.push_back({name,
                            {{"(CAST(" + quote_name(name) + " AS DOUBLE) - " + data::quote_real(shift) +
                                  ") / " + data::quote_real(width),
                              name}}});
    learned["columns"][name] = {{"shift", shift}, {"divisor", width}};
  }
  parts.replace(replacements);
  return learned;
}

}  // namespace preprocess_runner
