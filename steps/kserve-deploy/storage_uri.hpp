// StorageUri: where KServe fetches a model from.
//
// Accepted are s3, gs, https, pvc, hf, oci (also oci+modelcar, oci+native, oci+fetch) and file. An image
// needs a digest: a tag can move, and the same URI with other content makes no new revision.
//
// Errors: Error{precondition} with a remedy, for example for mlflow-artifacts:, which only MLflow can read.
// Threads: values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/digest.hpp"
#include "oci/reference.hpp"

namespace kserve_deploy {

class StorageUri {
 public:
  static StorageUri parse(std::string_view text);
  const std::string& text() const { return text_; }
  // "s3", "oci+native"
  std::string scheme() const { return text_.substr(0, text_.find(':')); }
  // The image of an oci URI, which has a digest; missing for the others.
  std::optional<oci::Reference> image() const;
  friend bool operator==(const StorageUri&, const StorageUri&) = default;

 private:
  explicit StorageUri(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace kserve_deploy
