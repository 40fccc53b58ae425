// The gate kind `champion`: the candidate's metric against that of the model in production, from the
// champion's own predictions or from what the registry keeps of the version that an alias names.
//
// Errors: Error{input} from parsing, and what the registry says.   Threads: one.
#pragma once

#include <optional>
#include <string>

#include "evidence.hpp"
#include "gate_keys.hpp"

namespace eval_gate {

// When no version has the alias yet.
enum class FirstRun { pass, fail, absolute_only };

struct ChampionGate {
  MetricChoice metric;              // its direction is always known
  std::optional<double> min_ratio;  // of candidate to champion; champion to candidate where lower is better
  std::optional<double> max_drop;   // by how much it may be worse
  Bounds bounds;                    // absolute ones, which always hold
  FirstRun first_run = FirstRun::fail;
  std::string alias = "champion";
};

ChampionGate parse_champion_gate(const base::YamlValue& value);
GateAnswer judge(const ChampionGate& gate, const Evidence& evidence);

// The candidate's figure against the champion's, without evidence.
std::vector<Check> champion_checks(const ChampionGate& gate, double candidate, double champion);

}  // namespace eval_gate
