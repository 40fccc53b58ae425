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

constexpr std::size_t most_categories = 1000;

// The column's values in the fitted part, ascending.
std::vector<std::string> categories_of(const data::Column& column, Parts& parts) {
  if (column.type == ColumnType::real) {
    throw Error(ErrorKind::input, "column '" + base::printable(column.name, 100) +
                                      "' is of the type real, which has no categories; cast it first");
  }
  std::vector<std::string> categories;
  const auto name = quote_name(column.name);
  parts.connection().query("SELECT CAST(v AS VARCHAR) FROM (SELECT DISTINCT " + name + " AS v FROM " +
                               quote_name(parts.fitted().table) + " WHERE " + name +
                               " IS NOT NULL) ORDER BY v LIMIT " + std::to_string(most_categories + 1),
                           [&](const data::Row& row) { categories.push_back(row[0].text().value()); });
  if (categories.size() > most_categories) {
    throw Error(ErrorKind::input, "column '" + base::printable(column.name, 100) + "' has more than " +
                                      std::to_string(most_categories) + " categories");
  }
  return categories;
}

std::string literal(const std::string& category, const data::Column& column) {
  return data::cast_to(column.type, data::quote_text(category));
}

Error unknown_value(const data::Column& column, const Part& part, const data::Row& row) {
  return Error(ErrorKind::input, (part.name.empty() ? "" : "part '" + part.name + "' ") + "row " +
                                     std::to_string(row[0].integer().value()) + ": column '" +
                                     base::printable(column.name, 100) + "': '" +
                                     base::printable(row[1].text().value_or(""), 100) +
                                     "' is not among the known categories; add it, or set 'unknown: ignore'");
}

void refuse_unknown(const data::Column& column, const std::vector<std::string>& categories, Parts& parts) {
  const auto name = quote_name(column.name);
  std::vector<std::string> known;
  known.reserve(categories.size());
  for (const auto& each : categories) known.push_back(literal(each, column));
  const auto unknown = known.empty() ? "true" : name + " NOT IN (" + base::join(known, ", ") + ")";
  const auto select = "SELECT rowid + 1, CAST(" + name + " AS VARCHAR) FROM ";
  const auto where = " WHERE " + name + " IS NOT NULL AND " + unknown + " ORDER BY rowid LIMIT 1";
  for (const auto& part : parts.all()) {
    parts.connection().query(base::join({select, quote_name(part.table), where}, ""),
                             [&](const data::Row& row) { throw unknown_value(column, part, row); });
  }
}

// A column of zeros and ones for each category, in the place of the old one. A null has zeros everywhere.
std::vector<Parts::Expression> one_hot(const data::Column& column,
                                       const std::vector<std::string>& categories) {
  const auto is = "coalesce(" + quote_name(column.name) + " = ";
  const auto prefix = column.name + "_";
  std::vector<Parts::Expression> columns;
  columns.reserve(categories.size());
  for (const auto& each : categories)
    columns.push_back(
        {data::cast_to(ColumnType::integer, is + literal(each, column) + ", false)"), prefix + each});
  return columns;
}

std::vector<Parts::Expression> ordinal(const data::Column& column,
                                       const std::vector<std::string>& categories) {
  if (categories.empty()) return {{"CAST(NULL AS BIGINT)", column.name}};
  std::string cases;
  for (std::size_t i = 0; i < categories.size(); ++i)
    cases += " WHEN " + literal(categories[i], column) + " THEN " + std::to_string(i);
  return {{"CAST(CASE " + quote_name(column.name) + cases + " END AS BIGINT)", column.name}};
}

}  // namespace

Json apply_encode(const Encode& encode, Parts& parts) {
  Parts::Replacements replacements;
  Json learned{{"operation", "encode"}, {"one_hot", Json::object()}, {"ordinal", Json::object()}};
  const auto add = [&](const data::Column& column, const std::vector<std::string>& categories,
                       const char* kind, std::vector<Parts::Expression> expressions) {
    if (encode.unknown == UnknownValue::error) refuse_unknown(column, categories, parts);
    replacements.push_back({column.name, std::move(expressions)});
    learned[kind][column.name] = categories;
  };
  for (const auto& name : encode.one_hot) {
    const auto& column = parts.column(name);
    const auto categories = categories_of(column, parts);
    add(column, categories, "one_hot", one_hot(column, categories));
  }
  for (const auto& [name, order] : encode.ordinal) {
    const auto& column = parts.column(name);
    const auto categories = order.empty() ? categories_of(column, parts) : order;
    add(column, categories, "ordinal", ordinal(column, categories));
  }
  parts.replace(replacements);
  return learned;
}

}  // namespace preprocess_runner
