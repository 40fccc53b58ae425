#include "location.hpp"

namespace build_pin_digest {

std::optional<base::Digest> digest_in(const oci::Location& location) {
  if (location.reference) return location.reference->digest;
  const auto& identifier = location.layout_tag;
  if (identifier && identifier->find(':') != std::string::npos) return base::Digest::parse(*identifier);
  return std::nullopt;
}

std::optional<std::string> tag_of(const oci::Location& location) {
  if (location.reference && location.reference->tag) return location.reference->tag;
  if (digest_in(location)) return std::nullopt;
  return location.layout_tag.value_or("latest");
}

std::string url_of(const oci::Location& location) {
  auto named = location;
  if (named.reference) {
    named.reference->digest.reset();
  } else if (digest_in(named)) {
    named.layout_tag.reset();
  }
  return named.text();
}

std::string pinned_text(const oci::Location& location, const base::Digest& digest) {
  const auto name = location.reference ? location.reference->name() : "oci:" + *location.layout_directory;
  return name + "@" + digest.text();
}

}  // namespace build_pin_digest
