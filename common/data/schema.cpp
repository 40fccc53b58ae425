#include "data/schema.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/yaml.hpp"

namespace data {
namespace {

using base::YamlValue;

constexpr std::size_t most_inferred_values = 20;

ColumnType type_from(const YamlValue& value) {
  try {
    return parse_column_type(value.text());
  } catch (const base::Error& error) {
    throw value.error(error.message());
  }
}

void check_rule(const ColumnRule& rule, const YamlValue& value) {
  const bool number = is_number(rule.type);
  if (!number && (rule.minimum || rule.maximum))
    throw value.error("'minimum' and 'maximum' are for columns of the type integer or real");
  if (rule.pattern && rule.type != ColumnType::text)
    throw value.error("'pattern' is for columns of the type text");
  if (rule.minimum && rule.maximum && *rule.minimum > *rule.maximum)
    throw value.error("the minimum is above the maximum");
  if (rule.minimum_present && !(*rule.minimum_present >= 0 && *rule.minimum_present <= 1))
    throw value.error("'minimum_present' is a fraction from 0 to 1");
}

ColumnRule rule_from(const std::string& name, const YamlValue& value) {
  value.reject_unknown_keys({"type", "required", "nullable", "unique", "minimum", "maximum",
                             "minimum_present", "allowed", "pattern"});
  ColumnRule rule{.name = name, .type = type_from(value.at("type"))};
  if (const auto given = value.find("required")) rule.required = given->boolean();
  if (const auto given = value.find("nullable")) rule.nullable = given->boolean();
  if (const auto given = value.find("unique")) rule.unique = given->boolean();
  if (const auto given = value.find("minimum")) rule.minimum = given->number();
  if (const auto given = value.find("maximum")) rule.maximum = given->number();
  if (const auto given = value.find("minimum_present")) rule.minimum_present = given->number();
  if (const auto given = value.find("allowed")) rule.allowed = given->texts();
  if (const auto given = value.find("pattern")) rule.pattern = given->text();
  check_rule(rule, value);
  return rule;
}

std::uint64_t count_from(const YamlValue& value) {
  const auto number = value.integer();
  if (number < 0) throw value.error("a number of rows is not negative");
  return static_cast<std::uint64_t>(number);
}

template <class T>
base::Json or_null(const std::optional<T>& value) {
  return value ? base::Json(*value) : base::Json();
}

// JSON's texts are YAML's double-quoted ones.
std::string yaml_text(const std::string& text) {
  return base::Json(text).dump();
}

std::string yaml_rule(const ColumnRule& rule) {
  std::string line = "  " + yaml_text(rule.name) + ": {type: " + std::string(to_string(rule.type));
  if (!rule.required) line += ", required: false";
  if (!rule.nullable) line += ", nullable: false";
  if (rule.unique) line += ", unique: true";
  if (rule.minimum) line += ", minimum: " + base::to_text(*rule.minimum);
  if (rule.maximum) line += ", maximum: " + base::to_text(*rule.maximum);
  if (rule.minimum_present) line += ", minimum_present: " + base::to_text(*rule.minimum_present);
  if (rule.pattern) line += ", pattern: " + yaml_text(*rule.pattern);
  if (!rule.allowed.empty()) {
    std::vector<std::string> values;
    for (const auto& each : rule.allowed) values.push_back(yaml_text(each));
    line += ", allowed: [" + base::join(values, ", ") + "]";
  }
  return line + "}\n";
}

}  // namespace

Schema parse_schema(const std::string& text, const std::string& file) {
  const auto document = base::parse_yaml(text, file);
  document.reject_unknown_keys({"columns", "rows", "extra_columns"});
  Schema schema;
  for (const auto& [name, value] : document.at("columns").entries())
    schema.columns.push_back(rule_from(name, value));
  if (const auto rows = document.find("rows")) {
    rows->reject_unknown_keys({"minimum", "maximum"});
    if (const auto given = rows->find("minimum")) schema.minimum_rows = count_from(*given);
    if (const auto given = rows->find("maximum")) schema.maximum_rows = count_from(*given);
  }
  if (const auto given = document.find("extra_columns")) schema.extra_columns = given->boolean();
  return schema;
}

Schema read_schema(const std::filesystem::path& path) {
  return parse_schema(base::read_file(path), path.string());
}

base::Json to_json(const Schema& schema) {
  auto columns = base::Json::object();
  for (const auto& rule : schema.columns) {
    columns[rule.name] = {{"type", to_string(rule.type)},
                          {"required", rule.required},
                          {"nullable", rule.nullable},
                          {"unique", rule.unique},
                          {"minimum", or_null(rule.minimum)},
                          {"maximum", or_null(rule.maximum)},
                          {"minimum_present", or_null(rule.minimum_present)},
                          {"allowed", rule.allowed},
                          {"pattern", or_null(rule.pattern)}};
  }
  return {{"columns", columns},
          {"minimum_rows", or_null(schema.minimum_rows)},
          {"maximum_rows", or_null(schema.maximum_rows)},
          {"extra_columns", schema.extra_columns}};
}

std::string to_yaml(const Schema& schema) {
  std::string text = "columns:\n";
  for (const auto& rule : schema.columns) text += yaml_rule(rule);
  if (schema.minimum_rows || schema.maximum_rows) text += "rows:\n";
  if (schema.minimum_rows) text += "  minimum: " + std::to_string(*schema.minimum_rows) + "\n";
  if (schema.maximum_rows) text += "  maximum: " + std::to_string(*schema.maximum_rows) + "\n";
  return text + "extra_columns: " + (schema.extra_columns ? "true" : "false") + "\n";
}

Schema infer_schema(const Profile& profile) {
  Schema schema;
  for (const auto& column : profile.columns) {
    ColumnRule rule{
        .name = column.name, .type = column.type, .nullable = column.nulls > 0 || profile.rows == 0};
    // Few values that come back again and again are a domain; names and free text are not.
    const bool repeats = column.distinct > 0 && column.distinct <= most_inferred_values &&
                         column.distinct * 2 <= profile.rows - column.nulls &&
                         column.top_values.size() == column.distinct;
    if (column.type == ColumnType::text && repeats) {
      for (const auto& each : column.top_values) rule.allowed.push_back(each.value);
      std::sort(rule.allowed.begin(), rule.allowed.end());
    }
    schema.columns.push_back(rule);
  }
  return schema;
}

ReadSettings read_settings(const Schema& schema, const std::vector<std::string>& columns) {
  ReadSettings settings;
  for (const auto& rule : schema.columns) {
    if (std::find(columns.begin(), columns.end(), rule.name) != columns.end())
      settings.types[rule.name] = rule.type;
  }
  return settings;
}

}  // namespace data
