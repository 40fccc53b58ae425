// An image in a layout on disk, to be signed and verified.
#pragma once

#include <memory>
#include <string>

#include "base/files.hpp"
#include "crypto/hash.hpp"
#include "oci/repository.hpp"
#include "sigstore/bundle.hpp"
#include "sigstore/dsse.hpp"
#include "sigstore/sign.hpp"
#include "sigstore/simple_signing.hpp"
#include "sigstore/verify.hpp"

namespace fixtures {

inline oci::Descriptor describe(const std::string& media_type, const std::string& bytes) {
  return {.media_type = media_type, .digest = crypto::sha256(bytes), .size = bytes.size()};
}

struct Image {
  base::TemporaryDirectory directory;
  std::unique_ptr<oci::Repository> repository = oci::open_repository(
      oci::Location::parse("oci:" + (directory.path() / "layout").string()), {.for_push = true});
  oci::Descriptor descriptor = make("config");

  oci::Descriptor make(const std::string& config) const {
    const oci::Manifest manifest{.media_type = std::string(oci::media_type::oci_manifest),
                                 .config = describe(std::string(oci::media_type::oci_config), config)};
    repository->put_blob(manifest.config, config);
    const auto raw = manifest.to_raw();
    repository->put_manifest(raw, "v1");
    return raw.descriptor();
  }

  sigstore::ImageToSign to_sign(const std::map<std::string, std::string>& annotations = {}) const {
    return {descriptor, "registry.example/team/app", annotations};
  }

  sigstore::Outcome verify(const sigstore::Policy& policy) const {
    return sigstore::verify_image(*repository, descriptor.digest, policy);
  }

  // Attaches any document to the image `subject` as a referrer, as cosign attaches a bundle.
  void attach(const oci::Descriptor& subject, const std::string& bytes,
              const std::string& media_type = std::string(sigstore::bundle_media_type)) const {
    const std::string empty = "{}";
    const oci::Manifest manifest{.media_type = std::string(oci::media_type::oci_manifest),
                                 .artifact_type = media_type,
                                 .config = describe(std::string(oci::media_type::oci_empty), empty),
                                 .layers = {describe(media_type, bytes)},
                                 .subject = subject};
    repository->put_blob(manifest.config, empty);
    repository->put_blob(manifest.layers.front(), bytes);
    repository->put_referrer(manifest.to_raw());
  }

  // Replaces the signature tag of `image` by one layer.
  void tag(const base::Digest& image, const std::string& claim, const std::string& signature,
           const std::string& media_type = std::string(sigstore::simple_signing_media_type)) const {
    auto layer = describe(media_type, claim);
    layer.annotations[std::string(sigstore::signature_annotation)] = signature;
    const std::string config = "{}";
    const oci::Manifest manifest{.media_type = std::string(oci::media_type::oci_manifest),
                                 .config = describe(std::string(oci::media_type::oci_config), config),
                                 .layers = {layer}};
    repository->put_blob(manifest.config, config);
    repository->put_blob(layer, claim);
    repository->put_manifest(manifest.to_raw(), sigstore::signature_tag(image));
  }
};

}  // namespace fixtures
