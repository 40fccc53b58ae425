#include "location.hpp"

namespace build_pin_digest {

std::string identifier_of(const oci::Location& location) {
  if (location.reference) return location.reference->identifier();
  return location.layout_tag.value_or("latest");
}

std::optional<std::string> tag_of(const oci::Location& location) {
  if (!location.reference) return location.layout_tag.value_or("latest");
  if (location.reference->digest) return location.reference->tag;
  return location.reference->identifier();
}

std::string url_of(const oci::Location& location) {
  if (!location.reference) return location.text();
  auto named = *location.reference;
  named.digest.reset();
  return named.text();
}

std::string pinned_text(const oci::Location& location, const base::Digest& digest) {
  const auto name = location.reference ? location.reference->name() : "oci:" + *location.layout_directory;
  return name + "@" + digest.text();
}

}  // namespace build_pin_digest
