// The image that a build stands on: found, checked, and read as far as a build needs it.
//
// Errors: those of oci::Repository; Error{precondition} for an image or a platform that is not there;
// Error{input} for what is not a container image, or has layers that may not be copied.
// Threads: as its repository.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "layer_source.hpp"
#include "oci/manifest.hpp"
#include "oci/repository.hpp"

namespace build_pin_digest {

struct BaseImage {
  base::Json config;
  std::vector<oci::Descriptor> layers;             // with OCI media types
  std::map<std::string, std::string> annotations;  // what an image on this base says about it
  std::string reference;                           // "registry.example/app@sha256:…"; empty for scratch
  std::shared_ptr<oci::Repository> repository;     // where its layers are; none for scratch
};

// `platform`: which image of an index; linux/amd64 when not given. A base for one platform only must be for
// this one, if it is given.
BaseImage load_base(const BaseName& name, const std::optional<oci::Platform>& platform,
                    const oci::OpenOptions& options);

// The OCI name of a layer's media type; a Docker image becomes an OCI image, because only that may have
// annotations and plain layers. Error{input} for a layer that is kept elsewhere, and for an unknown one.
std::string oci_layer_type(const std::string& media_type, std::string_view where);

// The entry of `index` for `platform`, passing over attestations. Error{precondition} naming what there is.
const oci::Descriptor& choose_platform(const oci::Index& index, const oci::Platform& platform,
                                       std::string_view where);

}  // namespace build_pin_digest
