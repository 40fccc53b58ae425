// Reference: the name of an image in a registry (distribution reference grammar; notes in the .cpp).
//
// "ubuntu" is docker.io/library/ubuntu:latest. docker.io, index.docker.io and registry-1.docker.io are one
// registry. A reference with tag and digest means the digest; the tag is kept for show.
//
// Errors: Error{input} quoting the offending part.   Threads: values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/digest.hpp"

namespace oci {

struct Reference {
  std::string registry;    // "docker.io", "localhost:5000"
  std::string repository;  // "library/ubuntu"
  std::optional<std::string> tag;
  std::optional<base::Digest> digest;

  static Reference parse(std::string_view text);
  // Registry, repository, tag and digest in full.
  std::string text() const;
  // "docker.io/library/ubuntu"
  std::string name() const { return registry + "/" + repository; }
  // What is asked of the registry: the digest, else the tag, else "latest".
  std::string identifier() const;
  Reference with_digest(const base::Digest& to) const;
  friend bool operator==(const Reference&, const Reference&) = default;
};

// Where an image is: a registry or an OCI image layout on disk ("oci:DIR", "oci:DIR:TAG" or
// "oci:DIR@DIGEST").
struct Location {
  std::optional<Reference> reference;  // exactly one of the two is set
  std::optional<std::string> layout_directory;
  std::optional<std::string> layout_tag;  // or a digest

  static Location parse(std::string_view text);
  std::string text() const;
  // What is asked of the repository there; empty for "oci:DIR", which means the only image in it.
  std::string identifier() const;
};

}  // namespace oci
