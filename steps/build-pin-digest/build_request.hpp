// The part of the options that describes an image to build.
#pragma once

#include "image.hpp"
#include "oci/repository.hpp"
#include "step.hpp"

namespace build_pin_digest {

// Whether any of them is given; otherwise --image names an image that is there already.
bool asks_for_build(const Config& config);
BuildRequest build_request(const Config& config);

enum class Access { read, write };
oci::OpenOptions open_options(const Config& config, Access access);

}  // namespace build_pin_digest
