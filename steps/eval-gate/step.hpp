// eval-gate: judges a model by the gates of a file, and explains the answer.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "cli/run_step.hpp"
#include "cli/step.hpp"
#include "http/url.hpp"

namespace eval_gate {

struct Config {
  std::vector<std::filesystem::path> gates;
  std::optional<std::filesystem::path> predictions;
  std::optional<std::filesystem::path> champion_predictions;
  std::optional<std::filesystem::path> metrics;
  std::optional<std::filesystem::path> profile;
  std::optional<std::filesystem::path> reference_profile;
  std::optional<http::Url> endpoint;
  std::optional<std::string> registry;
  std::optional<std::string> model_name;
  std::optional<base::Digest> model_digest;
  std::optional<std::filesystem::path> report_dir;
};

extern const cli::Step<Config> step;
cli::Answer run(const Config& config, cli::Context& context);

}  // namespace eval_gate
