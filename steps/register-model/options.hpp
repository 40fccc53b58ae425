// The types of this step's options.   Errors: Error{usage}.   Threads: values.
#pragma once

#include <string>
#include <string_view>

#include "base/digest.hpp"

namespace register_model {

// Where KServe fetches the model: s3, gs, https, pvc, oci, hf and the like. An oci image needs its digest.
struct StorageUri {
  std::string uri;
  static StorageUri parse(std::string_view text);
  const std::string& text() const { return uri; }
};

// An image by digest: "registry.example/team/app:v1@sha256:…".
struct PinnedImage {
  std::string reference;
  base::Digest digest;
  static PinnedImage parse(std::string_view text);
  const std::string& text() const { return reference; }
};

}  // namespace register_model
