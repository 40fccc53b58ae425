#include "gate_keys.hpp"

#include <cmath>

#include "base/text.hpp"
#include "cli/value.hpp"

namespace eval_gate {

void reject_unknown_gate_keys(const base::YamlValue& value, std::vector<std::string> own) {
  own.insert(own.begin(), {"name", "kind", "severity"});
  value.reject_unknown_keys(own);
}

std::optional<double> number_key(const base::YamlValue& value, std::string_view key) {
  const auto found = value.find(key);
  if (!found) return std::nullopt;
  const double number = found->number();
  if (!std::isfinite(number)) throw found->error("'" + std::string(key) + "' must be a finite number");
  return number;
}

double number_key(const base::YamlValue& value, std::string_view key, double fallback,
                  stats::Interval range) {
  const auto number = number_key(value, key);
  if (!number) return fallback;
  if (*number >= range.low && *number <= range.high) return *number;
  throw value.at(key).error("'" + std::string(key) + "' is " + base::to_text(*number) +
                            "; expected a number from " + base::to_text(range.low) + " to " +
                            base::to_text(range.high));
}

std::uint64_t count_key(const base::YamlValue& value, std::string_view key, std::uint64_t fallback,
                        std::uint64_t least) {
  const auto found = value.find(key);
  if (!found) return fallback;
  const long long number = found->integer();
  if (number < 0 || static_cast<std::uint64_t>(number) < least)
    throw found->error("'" + std::string(key) + "' must be at least " + std::to_string(least));
  return static_cast<std::uint64_t>(number);
}

std::chrono::milliseconds duration_key(const base::YamlValue& value, std::string_view key,
                                       std::chrono::milliseconds fallback) {
  const auto found = value.find(key);
  if (!found) return fallback;
  std::chrono::milliseconds duration{0};
  try {
    duration = cli::parse_duration(found->text());
  } catch (const base::Error& error) {  // a usage error there; here it stands in a file
    throw found->error("'" + std::string(key) + "': " + error.message());
  }
  if (duration.count() <= 0) throw found->error("'" + std::string(key) + "' must be more than 0");
  return duration;
}

std::string text_key(const base::YamlValue& value, std::string_view key, std::string fallback) {
  const auto found = value.find(key);
  return found ? found->text() : std::move(fallback);
}

std::vector<Check> Bounds::checks(double value) const {
  std::vector<Check> made;
  if (min) made.push_back(compare(value, Comparison::at_least, *min));
  if (max) made.push_back(compare(value, Comparison::at_most, *max));
  return made;
}

Bounds parse_bounds(const base::YamlValue& value, std::optional<stats::Interval> range) {
  const Bounds bounds{number_key(value, "min"), number_key(value, "max")};
  if (bounds.min && bounds.max && *bounds.min > *bounds.max)
    throw value.at("min").error("no value can hold: 'min' is larger than 'max'");
  if (!range) return bounds;
  if (bounds.min && *bounds.min > range->high)
    throw value.at("min").error("no value can hold: at least " + base::to_text(*bounds.min) +
                                " of a metric that is at most " + base::to_text(range->high));
  if (bounds.max && *bounds.max < range->low)
    throw value.at("max").error("no value can hold: at most " + base::to_text(*bounds.max) +
                                " of a metric that is at least " + base::to_text(range->low));
  return bounds;
}

namespace {

stats::Average parse_average(const base::YamlValue& value) {
  const auto text = value.text();
  if (text == "binary") return stats::Average::binary;
  if (text == "micro") return stats::Average::micro;
  if (text == "macro") return stats::Average::macro;
  if (text == "weighted") return stats::Average::weighted;
  throw value.error("'" + base::printable(text, 100) + "' is not binary, micro, macro or weighted");
}

void refine(const base::YamlValue& value, stats::Metric& metric) {
  if (const auto average = value.find("average")) {
    if (!metric.has_average()) throw average->error(metric.name() + " has no average");
    metric.average = parse_average(*average);
  }
  const auto written = value.at("metric").text();
  const bool needs_beta = written.rfind("fbeta", 0) == 0;
  const auto beta = value.find("beta");
  if (beta && !needs_beta) throw beta->error("'beta' belongs to the metric fbeta only");
  if (!needs_beta) return;
  if (!beta) throw value.at("metric").error("fbeta needs 'beta'");
  metric.beta = beta->number();
  if (!(std::isfinite(metric.beta) && metric.beta > 0)) throw beta->error("'beta' must be more than 0");
}

}  // namespace

MetricChoice parse_metric_choice(const base::YamlValue& value) {
  const auto metric = value.at("metric");
  MetricChoice choice;
  choice.written = metric.text();
  choice.name = choice.written;
  choice.known = stats::find_metric(choice.written);
  if (choice.known) {
    refine(value, *choice.known);
    choice.name = choice.known->name();
    choice.direction = choice.known->direction();
  }
  if (const auto greater = value.find("greater-is-better")) {
    if (choice.known) throw greater->error("'greater-is-better' is known for " + choice.name);
    choice.direction =
        greater->boolean() ? stats::Direction::higher_is_better : stats::Direction::lower_is_better;
  }
  return choice;
}

}  // namespace eval_gate
