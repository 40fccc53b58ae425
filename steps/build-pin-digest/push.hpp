// Sends an image to a registry or a layout: layers, configuration, then the manifest, so that at no time a
// manifest refers to what is not there. What is there already is not sent.
//
// Errors: those of oci::Repository and of reading the layers.   Threads: one.
#pragma once

#include <optional>
#include <string>

#include "image.hpp"
#include "oci/repository.hpp"

namespace build_pin_digest {

enum class Pushed { now, before };  // before: the target had all of it

Pushed push_image(oci::Repository& target, const BuiltImage& image, const std::optional<std::string>& tag);

}  // namespace build_pin_digest
