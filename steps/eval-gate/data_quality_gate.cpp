#include "data_quality_gate.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "stats/sigma.hpp"

namespace eval_gate {
namespace {

std::optional<std::uint64_t> optional_count(const base::YamlValue& value, std::string_view key) {
  if (!value.find(key)) return std::nullopt;
  return count_key(value, key, 0);
}

bool contains(const std::vector<std::string>& list, const std::string& wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

// A misspelt column would otherwise be a silent pass.
std::vector<std::string> judged_columns(const DataQualityGate& gate, const data::Profile& reference) {
  std::vector<std::string> all;
  for (const auto& column : reference.columns) all.push_back(column.name);
  for (const auto& name : gate.exclude) {
    if (!contains(all, name))
      throw base::Error(base::ErrorKind::input, "the reference profile has no column '" + name +
                                                    "' to exclude" + base::did_you_mean_hint(name, all));
  }
  if (!gate.columns.empty()) return gate.columns;
  all.erase(
      std::remove_if(all.begin(), all.end(), [&](const auto& name) { return contains(gate.exclude, name); }),
      all.end());
  return all;
}

double null_share(const data::ColumnProfile& column, const data::Profile& profile) {
  if (profile.rows == 0) return std::nan("");
  return static_cast<double>(column.nulls + column.nan) / static_cast<double>(profile.rows);
}

Check shift_check(const data::ColumnProfile& current, const data::ColumnProfile& reference, double bound) {
  if (!current.numbers) return not_computed("", "the column has no finite value now");
  const auto& trained = *reference.numbers;
  const double shift =
      stats::mean_shift_in_sigmas(current.numbers->mean, trained.mean, trained.standard_deviation);
  Check check = compare(std::abs(shift), Comparison::at_most, bound);
  const std::string means = "mean " + short_number(current.numbers->mean) + ", in training " +
                            short_number(trained.mean) + " with deviation " +
                            short_number(trained.standard_deviation);
  if (std::isinf(shift)) {  // a constant that changed is a shift, not a failure of ours
    check.status = Status::fail;
    check.message = means + ": a constant changed";
  } else if (check.message.empty()) {
    check.message = means;
  }
  check.unit = "sigma";
  check.formula = "|mean - training mean| / training standard deviation of the values";
  check.samples = current.numbers->finite;
  return check;
}

Check null_check(double share, double bound, std::string formula, std::uint64_t rows) {
  Check check = compare(share, Comparison::at_most, bound);
  check.formula = std::move(formula);
  check.samples = rows;
  if (check.status == Status::error) check.message = "there are no rows";
  return check;
}

// The checks of one column that exists on both sides.
std::vector<Check> column_checks(const DataQualityGate& gate, const data::ColumnProfile& now,
                                 const data::ColumnProfile& before, const data::Profile& current,
                                 const data::Profile& reference) {
  std::vector<Check> checks;
  if (gate.max_sigma && before.numbers) checks.push_back(shift_check(now, before, *gate.max_sigma));
  const double share = null_share(now, current);
  if (gate.max_null_share)
    checks.push_back(null_check(share, *gate.max_null_share, "share of nulls and NaN", current.rows));
  if (gate.max_null_increase) {
    checks.push_back(null_check(share - null_share(before, reference), *gate.max_null_increase,
                                "share of nulls and NaN - the same in training", current.rows));
  }
  for (auto& check : checks) check.subject = "column " + now.name;
  return checks;
}

void row_checks(const DataQualityGate& gate, std::uint64_t rows, std::vector<Check>& checks) {
  const auto judged = [&](Comparison comparison, std::uint64_t bound) {
    Check check = compare(static_cast<double>(rows), comparison, static_cast<double>(bound));
    check.subject = "rows";
    check.formula = "number of rows";
    checks.push_back(std::move(check));
  };
  if (gate.min_rows) judged(Comparison::at_least, *gate.min_rows);
  if (gate.max_rows) judged(Comparison::at_most, *gate.max_rows);
}

}  // namespace

DataQualityGate parse_data_quality_gate(const base::YamlValue& value) {
  reject_unknown_gate_keys(value, {"columns", "exclude", "max-sigma", "max-null-share", "max-null-increase",
                                   "min-rows", "max-rows"});
  DataQualityGate gate;
  if (const auto columns = value.find("columns")) gate.columns = columns->texts();
  if (const auto columns = value.find("exclude")) gate.exclude = columns->texts();
  if (!gate.columns.empty() && !gate.exclude.empty())
    throw value.at("exclude").error("'columns' and 'exclude' exclude each other");
  gate.max_sigma = number_key(value, "max-sigma");
  if (gate.max_sigma && *gate.max_sigma <= 0)
    throw value.at("max-sigma").error("'max-sigma' must be more than 0");
  for (const auto* key : {"max-null-share", "max-null-increase"}) number_key(value, key, 0, {0, 1});
  gate.max_null_share = number_key(value, "max-null-share");
  gate.max_null_increase = number_key(value, "max-null-increase");
  gate.min_rows = optional_count(value, "min-rows");
  gate.max_rows = optional_count(value, "max-rows");
  if (gate.min_rows && gate.max_rows && *gate.min_rows > *gate.max_rows)
    throw value.at("min-rows").error("no value can hold: 'min-rows' is larger than 'max-rows'");
  const bool any =
      gate.max_sigma || gate.max_null_share || gate.max_null_increase || gate.min_rows || gate.max_rows;
  if (!any)
    throw value.error(
        "expected 'max-sigma', 'max-null-share', 'max-null-increase', 'min-rows' or 'max-rows'");
  return gate;
}

std::vector<Check> data_quality_checks(const DataQualityGate& gate, const data::Profile& current,
                                       const data::Profile& reference) {
  std::vector<Check> checks;
  row_checks(gate, current.rows, checks);
  for (const auto& name : judged_columns(gate, reference)) {
    const auto* before = reference.find(name);
    const auto* now = current.find(name);
    const std::string subject = "column " + name;
    if (before == nullptr) {
      checks.push_back(failed(subject, "the reference profile has no such column"));
    } else if (now == nullptr) {
      checks.push_back(failed(subject, "the profile has no such column any more"));
    } else if (!gate.columns.empty() && gate.max_sigma && !before->numbers) {
      checks.push_back(not_computed(subject, "the column is not numeric in training; it has no mean"));
    } else {
      for (auto& check : column_checks(gate, *now, *before, current, reference))
        checks.push_back(std::move(check));
    }
  }
  return checks;
}

GateAnswer judge(const DataQualityGate& gate, const Evidence& evidence) {
  GateAnswer answer;
  answer.checks = data_quality_checks(gate, evidence.profile(), evidence.reference_profile());
  return answer;
}

}  // namespace eval_gate
