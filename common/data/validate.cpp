#include <algorithm>

#include "base/text.hpp"
#include "data/schema.hpp"
#include "data/sql.hpp"

namespace data {
namespace {

class Validator {
 public:
  Validator(Connection& connection, const std::string& table, std::size_t most_rows)
      : connection_(connection),
        table_(quote_name(table)),
        most_rows_(most_rows),
        rows_(count("SELECT count(*) FROM " + table_)),
        columns_(connection.columns_of("FROM " + table_)) {}

  std::vector<Violation> validate(const Schema& schema) {
    check_rows(schema);
    for (const auto& rule : schema.columns) {
      const auto* column = find_column(columns_, rule.name);
      if (column != nullptr) {
        check_column(rule, *column);
      } else if (rule.required) {
        report("SCHEMA_MISSING_COLUMN", rule.name, "the column is missing" + hint(rule.name));
      }
    }
    if (!schema.extra_columns) check_extra(schema);
    return std::move(violations_);
  }

 private:
  std::uint64_t count(const std::string& sql) {
    return static_cast<std::uint64_t>(connection_.query_integer(sql).value_or(0));
  }
  void report(std::string anomaly, std::string column, std::string message) {
    violations_.push_back({std::move(anomaly), std::move(column), std::move(message), 1, {}});
  }
  std::string hint(const std::string& name) const {
    return base::did_you_mean_hint(name, names_of(columns_));
  }

  void check_rows(const Schema& schema) {
    const auto rows = std::to_string(rows_) + " rows, expected at ";
    if (schema.minimum_rows && rows_ < *schema.minimum_rows)
      report("DATASET_LOW_NUM_EXAMPLES", "", rows + "least " + std::to_string(*schema.minimum_rows));
    if (schema.maximum_rows && rows_ > *schema.maximum_rows)
      report("DATASET_HIGH_NUM_EXAMPLES", "", rows + "most " + std::to_string(*schema.maximum_rows));
  }

  void check_extra(const Schema& schema) {
    for (const auto& column : columns_) {
      const bool known = std::any_of(schema.columns.begin(), schema.columns.end(),
                                     [&](const ColumnRule& rule) { return rule.name == column.name; });
      if (!known)
        report("SCHEMA_NEW_COLUMN", column.name, "the column is not in the schema, which allows no others");
    }
  }

  // The rows in which `condition` (on the value, as `v`) holds are violations.
  void check_values(const std::string& anomaly, const std::string& column, const std::string& condition,
                    const std::string& what) {
    const auto rows = "(SELECT rowid + 1 AS n, v FROM (SELECT rowid, " + quote_name(column) + " AS v FROM " +
                      table_ + ") WHERE " + condition + ")";
    const auto found = count("SELECT count(*) FROM " + rows);
    if (found == 0) return;
    Violation violation{anomaly,
                        column,
                        std::to_string(found) + " of " + std::to_string(rows_) + " values " + what,
                        found,
                        {}};
    connection_.query(
        "SELECT n, CAST(v AS VARCHAR) FROM " + rows + " ORDER BY n LIMIT " + std::to_string(most_rows_),
        [&](const Row& row) {
          violation.rows.push_back(
              {static_cast<std::uint64_t>(row[0].integer().value()), row[1].text().value_or("null")});
        });
    violations_.push_back(std::move(violation));
  }

  void check_column(const ColumnRule& rule, const Column& column) {
    // An integer is a real, too; nothing else stands in for another type.
    if (column.type != rule.type && !(rule.type == ColumnType::real && column.type == ColumnType::integer)) {
      report("UNEXPECTED_DATA_TYPE", rule.name,
             "the type is " + std::string(to_string(column.type)) + ", expected " +
                 std::string(to_string(rule.type)));
      return;
    }
    if (!rule.nullable) check_values("FEATURE_TYPE_NOT_PRESENT", rule.name, "v IS NULL", "are null");
    check_present(rule);
    check_range(rule);
    check_domain(rule);
    if (rule.unique) {
      check_values(
          "NOT_UNIQUE", rule.name,
          "v IN (SELECT " + quote_name(rule.name) + " FROM " + table_ + " GROUP BY 1 HAVING count(*) > 1)",
          "occur more than once");
    }
  }

  void check_present(const ColumnRule& rule) {
    if (!rule.minimum_present || rows_ == 0) return;
    const auto present =
        static_cast<double>(count("SELECT count(" + quote_name(rule.name) + ") FROM " + table_));
    const double fraction = present / static_cast<double>(rows_);
    if (fraction < *rule.minimum_present) {
      report("FEATURE_TYPE_LOW_FRACTION_PRESENT", rule.name,
             "a fraction of " + base::to_text(fraction) + " of the values is present, expected at least " +
                 base::to_text(*rule.minimum_present));
    }
  }

  void check_range(const ColumnRule& rule) {
    const std::string prefix = rule.type == ColumnType::integer ? "INT_TYPE_" : "FLOAT_TYPE_";
    const std::string suffix = rule.type == ColumnType::integer ? "INT" : "FLOAT";
    if (rule.minimum) {
      check_values(prefix + "SMALL_" + suffix, rule.name, "CAST(v AS DOUBLE) < " + quote_real(*rule.minimum),
                   "are below " + base::to_text(*rule.minimum));
    }
    // The engine sorts NaN above everything, so it is caught here.
    if (rule.maximum) {
      check_values(prefix + "BIG_" + suffix, rule.name, "CAST(v AS DOUBLE) > " + quote_real(*rule.maximum),
                   "are above " + base::to_text(*rule.maximum));
    } else if (rule.minimum) {
      check_values("FLOAT_TYPE_HAS_NAN", rule.name, "isnan(CAST(v AS DOUBLE))", "are not numbers");
    }
  }

  void check_domain(const ColumnRule& rule) {
    if (!rule.allowed.empty()) {
      check_values("ENUM_TYPE_UNEXPECTED_STRING_VALUES", rule.name,
                   "CAST(v AS VARCHAR) NOT IN (" + quote_texts(rule.allowed) + ")",
                   "are none of " + base::printable(base::join(rule.allowed, ", "), 200));
    }
    if (rule.pattern) {
      check_values("PATTERN_MISMATCH", rule.name,
                   "NOT regexp_full_match(v, " + quote_text(*rule.pattern) + ")",
                   "do not match the pattern " + base::printable(*rule.pattern, 200));
    }
  }

  Connection& connection_;
  std::string table_;
  std::size_t most_rows_;
  std::uint64_t rows_;
  Columns columns_;
  std::vector<Violation> violations_;
};

}  // namespace

std::string to_text(const Violation& violation) {
  std::string text =
      violation.column.empty() ? "" : "column '" + base::printable(violation.column, 100) + "': ";
  text += violation.message + " (" + violation.anomaly + ")";
  for (std::size_t i = 0; i < violation.rows.size(); ++i) {
    text += (i == 0 ? ": row " : ", row ") + std::to_string(violation.rows[i].row) + ": " +
            base::printable(violation.rows[i].value, 60);
  }
  return text;
}

std::vector<Violation> validate(Connection& connection, const std::string& table, const Schema& schema,
                                std::size_t most_rows) {
  return Validator(connection, table, most_rows).validate(schema);
}

}  // namespace data
