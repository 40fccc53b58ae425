// preprocess-runner: prepares data once. The work is a command or a transform file; what it made is kept
// under the key of everything that it was made from.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/run_step.hpp"

namespace preprocess_runner {

struct Config {
  std::vector<cli::KeyValue> input;
  std::vector<cli::KeyValue> output;
  std::vector<std::string> command;
  std::optional<std::filesystem::path> transform;

  std::vector<cli::KeyValue> schema;
  std::vector<cli::KeyValue> infer_schema;
  unsigned max_violations = 5;

  std::optional<std::filesystem::path> profile_dir;
  std::optional<std::filesystem::path> report;

  std::optional<std::filesystem::path> cache_dir;
  bool no_cache = false;
  bool print_key = false;
  bool explain_cache = false;
  std::vector<std::filesystem::path> code;
  std::vector<std::string> env;
  std::optional<std::string> image;

  std::optional<std::filesystem::path> data_version;
};

extern const cli::Step<Config> step;
cli::Answer run(const Config& config, cli::Context& context);

}  // namespace preprocess_runner
