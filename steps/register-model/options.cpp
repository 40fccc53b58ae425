#include "register-model/options.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/text.hpp"

namespace register_model {
namespace {

using base::Error;
using base::ErrorKind;

std::string quoted(std::string_view text) {
  return "'" + base::printable(text, 300) + "'";
}

}  // namespace

StorageUri StorageUri::parse(std::string_view text) {
  static constexpr std::array<std::string_view, 10> schemes{"s3",  "gs", "https", "http", "pvc",
                                                            "oci", "hf", "hdfs",  "abfs", "file"};
  const auto end = text.find("://");
  const auto scheme = end == std::string_view::npos ? "" : text.substr(0, end);
  if (std::find(schemes.begin(), schemes.end(), scheme) == schemes.end() || text.size() == end + 3) {
    throw Error(ErrorKind::usage,
                quoted(text) +
                    " is not an address that KServe can fetch; expected for example "
                    "oci://registry.example/model@sha256:..., s3://bucket/path or pvc://claim/path");
  }
  if (text.size() > 500) throw Error(ErrorKind::usage, "a storage URI has at most 500 bytes");
  // A tag can be moved: the version would not name what was registered.
  if (scheme == "oci" && text.find("@sha256:") == std::string_view::npos) {
    throw Error(ErrorKind::usage, quoted(text) + " names an image by tag; append its digest, @sha256:...");
  }
  return {std::string(text)};
}

PinnedImage PinnedImage::parse(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || at == 0) {
    throw Error(ErrorKind::usage, quoted(text) +
                                      " has no digest; expected NAME@sha256:..., the result IMAGE_REF "
                                      "of build-pin-digest");
  }
  return {std::string(text), base::Digest::parse(text.substr(at + 1))};
}

}  // namespace register_model
