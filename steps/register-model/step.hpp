// register-model: registers a model version once, with what is needed to trust and rebuild it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/run_step.hpp"
#include "model_registry/model_registry.hpp"
#include "register-model/options.hpp"

namespace register_model {

struct Config {
  cli::Required<std::string> registry;
  cli::Required<model_registry::ModelName> name;
  cli::Required<std::filesystem::path> model;
  std::optional<StorageUri> storage_uri;
  std::optional<std::string> run_id;
  std::optional<std::string> description;

  std::optional<std::filesystem::path> training_record;
  std::optional<std::filesystem::path> data_version;
  std::optional<PinnedImage> image_ref;
  std::vector<cli::KeyValue> tag;
  std::vector<cli::KeyValue> attach;

  std::optional<std::filesystem::path> gate_report;
  bool require_gate = false;
  std::optional<std::filesystem::path> model_signature;
  std::vector<std::filesystem::path> key;
  bool require_signature = false;
};

extern const cli::Step<Config> step;
cli::Answer run(const Config& config, cli::Context& context);

}  // namespace register_model
