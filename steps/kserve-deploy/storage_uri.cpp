#include "kserve-deploy/storage_uri.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/text.hpp"

namespace kserve_deploy {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::array<std::string_view, 10> schemes{"s3",  "gs",           "https",      "pvc",       "hf",
                                                   "oci", "oci+modelcar", "oci+native", "oci+fetch", "file"};

Error refused(std::string_view text, std::string_view reason) {
  return Error(ErrorKind::precondition, "'" + base::printable(text, 300) + "': " + std::string(reason));
}

// Why KServe cannot fetch it, and what to do.
std::string remedy_for(std::string_view scheme) {
  if (scheme == "mlflow-artifacts" || scheme == "models" || scheme == "runs" || scheme == "dbfs") {
    return "only MLflow can read this address. Give the server an artifact root that KServe can fetch (s3, "
           "gs), "
           "register the version with its storage URI, or package the model with build-pin-digest --model "
           "and "
           "register that oci:// URI";
  }
  return "KServe cannot fetch this; expected models:/NAME/N, models:/NAME@ALIAS, or one of s3://, gs://, "
         "https://, "
         "pvc://, hf://, oci://";
}

void check_image(std::string_view text, std::string_view reference) {
  if (oci::Reference::parse(reference).digest) return;
  throw refused(
      text,
      "a tag can move; give the digest, as oci://NAME@sha256:... (build-pin-digest --image NAME prints it)");
}

}  // namespace

StorageUri StorageUri::parse(std::string_view text) {
  const bool clean = std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != 0x7F && c != '"' && c != '\\';
  });
  if (!clean || !base::is_valid_utf8(text) || text.size() > 2000) {
    throw refused(text,
                  "expected an address of at most 2000 bytes without white space, quotes and backslashes");
  }
  const auto scheme = text.substr(0, std::min(text.find(':'), text.size()));
  const bool known = std::find(schemes.begin(), schemes.end(), scheme) != schemes.end();
  if (!known) throw refused(text, remedy_for(scheme));
  const auto rest = text.substr(scheme.size());
  if (rest.substr(0, 3) != "://" || rest.size() < 4) throw refused(text, "expected SCHEME://PLACE");
  if (scheme.substr(0, 3) == "oci") check_image(text, rest.substr(3));
  return StorageUri(std::string(text));
}

std::optional<oci::Reference> StorageUri::image() const {
  if (scheme().rfind("oci", 0) != 0) return std::nullopt;
  return oci::Reference::parse(std::string_view(text_).substr(scheme().size() + 3));
}

}  // namespace kserve_deploy
