// Small questions to an image's location.
#pragma once

#include <optional>
#include <string>

#include "base/digest.hpp"
#include "oci/reference.hpp"

namespace build_pin_digest {

// The tag to write, "latest" when there is none; missing when the location names a digest only.
std::optional<std::string> tag_of(const oci::Location& location);
// The digest that it names, if it does.
std::optional<base::Digest> digest_in(const oci::Location& location);
// "registry.example/app:v1": the name without its digest, as Tekton Chains wants it.
std::string url_of(const oci::Location& location);
// "registry.example/app@sha256:…", without the tag: several clients refuse both together.
std::string pinned_text(const oci::Location& location, const base::Digest& digest);

}  // namespace build_pin_digest
