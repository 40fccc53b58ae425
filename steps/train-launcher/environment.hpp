// The environment of the training: ours, what makes it deterministic, its parameters, and what --env says.
#pragma once

#include <map>
#include <string>

#include "base/json.hpp"
#include "train-launcher/step.hpp"

namespace train_launcher {

// Later ones win: our own variables; with --seed the deterministic ones; MODEL_DIR, METRICS_FILE, SEED, a
// PARAM_NAME for each parameter and a DATA_NAME for each input; --env. Error{usage} when two parameters have
// the same variable.
std::map<std::string, std::string> child_environment(const Config& config);

// How the command writes `path`: as given, or absolute when it runs in a directory of its own.
std::string path_for_command(const Config& config, const std::filesystem::path& path);

// "learning-rate" gives "PARAM_LEARNING_RATE" with the prefix "PARAM_".
std::string variable_name(std::string_view prefix, std::string_view name);

// The variables that can change what a training computes, for the record and its digest. A value whose name
// speaks of a secret is "***".
base::Json recorded_environment(const Config& config, const std::map<std::string, std::string>& environment);

}  // namespace train_launcher
