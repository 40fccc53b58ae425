#include "preprocess-runner/transform.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "data/sql.hpp"

namespace preprocess_runner {
namespace {

using base::Error;
using base::ErrorKind;
using base::Json;
using data::ColumnType;
using data::quote_name;

Error cannot_cast(const data::Column& from, ColumnType type, const data::Row& row) {
  return Error(ErrorKind::input, "row " + std::to_string(row[0].integer().value()) + ": column '" +
                                     base::printable(from.name, 100) + "': '" +
                                     base::printable(row[1].text().value_or(""), 100) +
                                     "' cannot be of the type " + std::string(to_string(type)));
}

// The first value of any part that `type` cannot hold is an error with its row.
void check_cast(const data::Column& from, ColumnType type, Parts& parts) {
  const auto value = quote_name(from.name);
  auto broken = "TRY_" + data::cast_to(type, value) + " IS NULL";
  // The engine would round; a fraction that is there must not get lost silently.
  if (from.type == ColumnType::real && type == ColumnType::integer)
    broken += " OR " + value + " <> trunc(" + value + ")";
  const auto select = "SELECT rowid + 1, CAST(" + value + " AS VARCHAR) FROM ";
  const auto where = " WHERE " + value + " IS NOT NULL AND (" + broken + ") ORDER BY rowid LIMIT 1";
  for (const auto& part : parts.all()) {
    parts.connection().query(base::join({select, quote_name(part.table), where}, ""),
                             [&](const data::Row& row) { throw cannot_cast(from, type, row); });
  }
}

struct Apply {
  Parts& parts;

  Json operator()(const DropNulls& drop) const {
    auto names = drop.columns.empty() ? names_of(parts.columns()) : drop.columns;
    std::vector<std::string> conditions;
    conditions.reserve(names.size());
    for (const auto& name : names) conditions.push_back("NOT (" + is_missing(parts.column(name)) + ")");
    return keep(base::join(conditions, " AND "));
  }
  Json operator()(const Filter& filter) const { return keep("(" + filter.condition + "\n)"); }

  Json operator()(const Select& select) const {
    for (const auto& name : select.columns) parts.column(name);
    check_distinct(select.columns);
    return from("SELECT " + data::quote_names(select.columns));
  }

  Json operator()(const Rename& rename) const {
    Parts::Replacements replacements;
    for (const auto& [old_name, new_name] : rename.names)
      replacements.push_back({old_name, {{quote_name(parts.column(old_name).name), new_name}}});
    parts.replace(replacements);
    return nullptr;
  }

  Json operator()(const Cast& cast) const {
    Parts::Replacements replacements;
    for (const auto& [name, type] : cast.columns) {
      check_cast(parts.column(name), type, parts);
      replacements.push_back({name, {{data::cast_to(type, quote_name(name)), name}}});
    }
    parts.replace(replacements);
    return nullptr;
  }

  // A later expression sees the columns of the earlier ones.
  Json operator()(const Derive& derive) const {
    for (const auto& [name, expression] : derive.columns) {
      const bool exists = data::find_column(parts.columns(), name) != nullptr;
      const auto column = "(" + expression + "\n) AS " + quote_name(name);
      from(exists ? "SELECT * REPLACE (" + column + ")" : "SELECT *, " + column);
    }
    return nullptr;
  }

  // The table at hand is called "data"; the inputs bear their own names.
  Json operator()(const Sql& sql) const {
    parts.transform([&](const std::string& table) {
      parts.connection().execute("CREATE OR REPLACE TEMP VIEW data AS FROM " + table);
      return sql.query;
    });
    parts.connection().execute("DROP VIEW data");
    return nullptr;
  }

  Json operator()(const Split& split) const {
    apply_split(split, parts);
    return nullptr;
  }
  Json operator()(const Fill& fill) const { return apply_fill(fill, parts); }
  Json operator()(const Encode& encode) const { return apply_encode(encode, parts); }
  Json operator()(const Scale& scale) const { return apply_scale(scale, parts); }

 private:
  Json from(const std::string& select) const {
    parts.transform([&](const std::string& table) { return select + " FROM " + table; });
    return nullptr;
  }
  Json keep(const std::string& condition) const {
    parts.transform(
        [&](const std::string& table) { return "SELECT * FROM " + table + " WHERE " + condition; });
    return nullptr;
  }
};

}  // namespace

std::string is_missing(const data::Column& column) {
  const auto name = quote_name(column.name);
  const auto null = name + " IS NULL";
  return column.type == ColumnType::real ? "(" + null + " OR isnan(" + name + "))" : null;
}

Json apply(const TransformSpec& spec, Parts& parts) {
  Json learned = Json::array();
  for (const auto& step : spec.steps) {
    auto facts = base::in_context(step.where, [&] { return std::visit(Apply{parts}, step.operation); });
    if (!facts.is_null()) learned.push_back(std::move(facts));
  }
  const auto& on = parts.fitted().name;
  return {{"schema_version", 1}, {"fitted_on", on.empty() ? "all rows" : on}, {"operations", learned}};
}

}  // namespace preprocess_runner
