// What the parsers of the gate kinds share: keys that every gate has, bounds, and metric names.
//
// Errors: Error{input} "FILE:LINE:COLUMN: …".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "answer.hpp"
#include "base/yaml.hpp"
#include "stats/metric.hpp"

namespace eval_gate {

// A key outside `own` and the common ones (name, kind, severity) is an Error with a hint.
void reject_unknown_gate_keys(const base::YamlValue& value, std::vector<std::string> own);

// Numbers that must be finite; missing when absent.
std::optional<double> number_key(const base::YamlValue& value, std::string_view key);
double number_key(const base::YamlValue& value, std::string_view key, double fallback, stats::Interval range);
std::uint64_t count_key(const base::YamlValue& value, std::string_view key, std::uint64_t fallback,
                        std::uint64_t least = 0);
// "250ms", "30s"; positive.
std::chrono::milliseconds duration_key(const base::YamlValue& value, std::string_view key,
                                       std::chrono::milliseconds fallback);
std::string text_key(const base::YamlValue& value, std::string_view key, std::string fallback);

// Inclusive.
struct Bounds {
  std::optional<double> min;
  std::optional<double> max;
  bool any() const { return min || max; }
  // One check per bound.
  std::vector<Check> checks(double value) const;
};
// The keys `min` and `max`. A bound that no value of `range` can meet, or that every one meets, is an Error.
Bounds parse_bounds(const base::YamlValue& value, std::optional<stats::Interval> range);

// A metric of the catalogue, or any name that stands in a metrics file.
struct MetricChoice {
  std::string name;     // canonical for a known one
  std::string written;  // as in the gate file
  std::optional<stats::Metric> known;
  std::optional<stats::Direction> direction;

  std::string formula() const { return known ? known->formula() : ""; }
  std::optional<stats::Interval> range() const {
    return known ? std::optional(known->range()) : std::nullopt;
  }
};
// The keys `metric`, `average`, `beta` and `greater-is-better`.
MetricChoice parse_metric_choice(const base::YamlValue& value);

}  // namespace eval_gate
