// Gate files: what a model must hold, as people write it (YAML).
//
// Errors: Error{input} "FILE:LINE:COLUMN: …", with a hint for a misspelt key.   Threads: values.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "champion_gate.hpp"
#include "data_quality_gate.hpp"
#include "fairness_gate.hpp"
#include "latency_gate.hpp"
#include "metric_gate.hpp"
#include "serving_gate.hpp"
#include "step.hpp"

namespace eval_gate {

using GateRule =
    std::variant<MetricGate, ChampionGate, DataQualityGate, FairnessGate, LatencyGate, ServingGate>;

struct Gate {
  std::string name;
  Severity severity = Severity::error;
  GateRule rule;
  std::string where;  // "FILE:LINE:COLUMN"
};
// "metric", "champion", …
std::string_view kind_of(const Gate& gate);

struct GateFile {
  std::optional<PredictionColumns> predictions;
  std::string headline;  // the name of a gate; the first gate's when not given
  std::vector<Gate> gates;
};

// The files as one: names differ, and at most one says how predictions are read and what the headline is.
GateFile read_gate_files(const std::vector<std::filesystem::path>& paths);
GateFile parse_gate_file(const base::YamlValue& value);

// Error{usage} when the command line lacks what a gate judges by, Error{input} when the file does not say how
// to read the predictions.
void check_evidence(const GateFile& file, const Config& config);

}  // namespace eval_gate
