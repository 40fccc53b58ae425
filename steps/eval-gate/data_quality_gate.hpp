// The gate kind `data-quality`: the data that the model met against the data that it was trained on, from two
// profiles (profile.json of preprocess-runner).
//
// Errors: Error{input} from parsing and from unreadable profiles.   Threads: one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evidence.hpp"
#include "gate_keys.hpp"

namespace eval_gate {

struct DataQualityGate {
  std::vector<std::string> columns;  // empty: all of the reference
  std::vector<std::string> exclude;
  std::optional<double> max_sigma;          // of each numeric column's mean, in deviations of the values
  std::optional<double> max_null_share;     // of each column
  std::optional<double> max_null_increase;  // of each column's share over the reference's
  std::optional<std::uint64_t> min_rows;
  std::optional<std::uint64_t> max_rows;
};

DataQualityGate parse_data_quality_gate(const base::YamlValue& value);
GateAnswer judge(const DataQualityGate& gate, const Evidence& evidence);
// Without evidence.
std::vector<Check> data_quality_checks(const DataQualityGate& gate, const data::Profile& current,
                                       const data::Profile& reference);

}  // namespace eval_gate
