// build-pin-digest: builds an image, pushes it, signs it, and writes its digest into manifests. Each stage
// runs only when its options are given.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/run_step.hpp"
#include "cli/step.hpp"
#include "layer_source.hpp"
#include "oci/manifest.hpp"
#include "oci/reference.hpp"

namespace build_pin_digest {

struct Config {
  std::optional<oci::Location> image;
  std::optional<BaseName> base;
  std::optional<oci::Platform> platform;
  std::vector<LayerSource> layer;
  std::optional<std::filesystem::path> model;
  Compression compression = Compression::automatic;

  std::vector<std::string> entrypoint;
  std::vector<std::string> cmd;
  std::vector<cli::KeyValue> env;
  std::vector<cli::KeyValue> label;
  std::vector<cli::KeyValue> annotation;
  std::optional<std::string> user;
  std::optional<std::string> workdir;

  std::vector<std::string> plain_http;
  std::optional<std::filesystem::path> ca_file;

  std::optional<std::filesystem::path> sign_key;
  std::optional<std::filesystem::path> sign_model;
  std::optional<std::filesystem::path> model_bundle;
  std::optional<std::filesystem::path> generate_key_pair;

  std::vector<std::string> pin;
  bool check = false;
  bool diff = false;
  bool drop_tag = false;
};

extern const cli::Step<Config> step;
cli::Answer run(const Config& config, cli::Context& context);

}  // namespace build_pin_digest
