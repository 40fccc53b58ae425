// Small questions to an image's location.
#pragma once

#include <optional>
#include <string>

#include "base/digest.hpp"
#include "oci/reference.hpp"

namespace build_pin_digest {

// What its repository is asked for: the digest, else the tag, else "latest".
std::string identifier_of(const oci::Location& location);
// The tag to write; missing when the location names a digest only.
std::optional<std::string> tag_of(const oci::Location& location);
// "registry.example/app:v1": the name without its digest, as Tekton Chains wants it.
std::string url_of(const oci::Location& location);
// "registry.example/app@sha256:…", without the tag: several clients refuse both together.
std::string pinned_text(const oci::Location& location, const base::Digest& digest);

}  // namespace build_pin_digest
