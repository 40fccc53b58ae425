// The gate kind `fairness`: the largest difference of a rate between groups of people.
//
// Errors: Error{input} from parsing and for predictions without two classes.   Threads: one.
#pragma once

#include <string>
#include <vector>

#include "evidence.hpp"
#include "gate_keys.hpp"
#include "stats/fairness.hpp"

namespace eval_gate {

enum class FairnessMeasure { equal_opportunity, equalized_odds, demographic_parity };

struct FairnessGate {
  FairnessMeasure measure = FairnessMeasure::equal_opportunity;
  std::vector<std::string> group_by;  // several: their combinations; empty: the sensitive columns
  double max = 0;
  std::uint64_t min_group_positives = 1;
};

FairnessGate parse_fairness_gate(const base::YamlValue& value);
GateAnswer judge(const FairnessGate& gate, const Evidence& evidence);

// The rows of each group by truth and prediction.
std::vector<stats::GroupCounts> group_counts(const Predictions& predictions,
                                             const std::vector<std::string>& columns);

}  // namespace eval_gate
