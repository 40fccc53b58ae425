// train-launcher: runs a training command, watches it truthfully, and brings back metrics, model and reason.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/run_step.hpp"
#include "train-launcher/pattern.hpp"
#include "train-launcher/stop_condition.hpp"

namespace train_launcher {

struct Config {
  std::vector<std::string> command;
  std::filesystem::path working_dir;
  std::vector<cli::KeyValue> param;
  std::vector<cli::KeyValue> data;
  std::vector<cli::KeyValue> env;
  std::optional<std::uint32_t> seed;

  std::filesystem::path model_dir;
  std::filesystem::path metrics_file;
  bool stdout_metrics = true;
  std::vector<Pattern> metric_regex;
  std::filesystem::path record;

  std::vector<StopCondition> stop_if;
  std::optional<std::chrono::milliseconds> max_idle;
  std::chrono::milliseconds grace{10'000};
  std::optional<Pattern> progress_regex;
};

extern const cli::Step<Config> step;
cli::Answer run(const Config& config, cli::Context& context);

}  // namespace train_launcher
