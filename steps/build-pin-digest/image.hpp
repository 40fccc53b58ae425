// The image that a build makes: configuration, manifest and layers, complete and hashed, not yet anywhere.
//
// Errors: those of load_base and hash_layers.   Threads: values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base_image.hpp"
#include "image_config.hpp"
#include "layer_source.hpp"
#include "layers.hpp"
#include "oci/manifest.hpp"
#include "oci/repository.hpp"

namespace build_pin_digest {

struct BuildRequest {
  BaseName base;
  std::optional<oci::Platform> platform;
  std::vector<LayerSource> layers;
  std::optional<std::filesystem::path> model;
  Compression compression = Compression::automatic;
  ConfigChanges config;
  std::vector<cli::KeyValue> annotations;
};

struct BuiltImage {
  BaseImage base;
  std::vector<Layer> layers;  // those that were added
  oci::Descriptor config_descriptor;
  std::string config;
  oci::RawManifest manifest;
};

// Every time stamp in it is SOURCE_DATE_EPOCH, or 1970 without it, so that equal inputs give equal digests.
BuiltImage build_image(const BuildRequest& request, const oci::OpenOptions& options);

}  // namespace build_pin_digest
