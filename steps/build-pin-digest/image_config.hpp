// The configuration of an image (OCI image specification 1.1, config.md): edited, never made anew, so that
// fields that we do not know survive.
//
// Errors: Error{input} for a configuration that is not one.   Threads: values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "cli/value.hpp"
#include "layers.hpp"
#include "oci/manifest.hpp"

namespace build_pin_digest {

struct ConfigChanges {
  std::vector<std::string> entrypoint;
  std::vector<std::string> cmd;
  std::vector<cli::KeyValue> env;
  std::vector<cli::KeyValue> labels;
  std::optional<std::string> user;
  std::optional<std::string> workdir;
};

// Of an image without a base.
base::Json empty_config(const oci::Platform& platform);

// `where` names the image in messages; `layers` is how many its manifest has.
void check_config(const base::Json& config, std::size_t layers, std::string_view where);

// A new entrypoint drops the base's cmd, which were arguments to the old one; an env variable or label
// replaces the one of its name.
void apply(const ConfigChanges& changes, base::Json& config);

// Adds to rootfs.diff_ids and to history, which must have one entry a layer (podman refuses others), and sets
// the creation time.
void append_layers(const std::vector<Layer>& layers, std::string_view created, base::Json& config);

}  // namespace build_pin_digest
