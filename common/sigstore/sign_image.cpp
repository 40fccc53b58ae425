#include <algorithm>

#include "base/clock.hpp"
#include "base/encoding.hpp"
#include "base/error.hpp"
#include "crypto/hash.hpp"
#include "sigstore/bundle.hpp"
#include "sigstore/image_signatures.hpp"
#include "sigstore/sign.hpp"
#include "sigstore/simple_signing.hpp"
#include "sigstore/statement.hpp"

namespace sigstore {
namespace {

using base::Error;
using base::ErrorKind;
using base::Json;

constexpr std::string_view config_time = "0001-01-01T00:00:00Z";
constexpr int most_tries = 5;

oci::Descriptor describe(std::string_view media_type, const std::string& bytes) {
  return {.media_type = std::string(media_type), .digest = crypto::sha256(bytes), .size = bytes.size()};
}

std::vector<TrustedKey> only(const crypto::PrivateKey& key) {
  return {{"the signing key", key.public_key()}};
}

// ---- the tag sha256-HEX.sig ----

bool has_claim(oci::Repository& repository, const ImageToSign& image, const std::string& claim,
               const crypto::PrivateKey& key) {
  const Policy policy{.keys = only(key)};
  bool same = false;
  Examination examination;
  examine_claims(repository, image.image.digest, examination,
                 [&](const oci::Descriptor& layer, const std::string& bytes, Checklist& checks) {
                   auto signature = accept_claim(layer, bytes, image.image.digest, policy, checks);
                   same = same || bytes == claim;
                   return signature;
                 });
  return same;
}

// The configuration that cosign writes: an image of nothing whose layers are the claims.
std::string config_of(const std::vector<oci::Descriptor>& layers) {
  Json config{{"architecture", ""}, {"os", ""}, {"created", config_time}, {"config", Json::object()}};
  config["history"] = Json::array();
  config["rootfs"] = {{"type", "layers"}, {"diff_ids", Json::array()}};
  for (const auto& layer : layers) {
    config["history"].push_back({{"created", config_time}});
    config["rootfs"]["diff_ids"].push_back(layer.digest.text());
  }
  return base::canonical_json(config);
}

std::optional<oci::Manifest> read_tag(oci::Repository& repository, const std::string& tag) {
  const auto raw = repository.manifest(tag);
  if (!raw) return std::nullopt;
  return oci::Manifest::parse(*raw);
}

void append_claim(oci::Repository& repository, const std::string& tag, std::optional<oci::Manifest> before,
                  const oci::Descriptor& layer) {
  std::vector<oci::Descriptor> layers;
  std::map<std::string, std::string> annotations;
  if (before) {
    layers = std::move(before->layers);
    annotations = std::move(before->annotations);
  }
  layers.push_back(layer);
  const auto config = config_of(layers);
  const oci::Manifest manifest{.media_type = std::string(oci::media_type::oci_manifest),
                               .artifact_type = std::nullopt,
                               .config = describe(oci::media_type::oci_config, config),
                               .layers = std::move(layers),
                               .subject = std::nullopt,
                               .annotations = std::move(annotations)};
  repository.put_blob(manifest.config, config);
  repository.put_manifest(manifest.to_raw(), tag);
}

// Registries have no compare-and-swap for tags, so what was written is read back, and written again if
// another signer replaced it in the meantime.
Written sign_tag(oci::Repository& repository, const ImageToSign& image, const crypto::PrivateKey& key) {
  const auto tag = signature_tag(image.image.digest);
  const auto claim = write_claim(image.image.digest, image.reference, image.annotations);
  auto layer = describe(simple_signing_media_type, claim);
  layer.annotations[std::string(signature_annotation)] = base::to_base64(key.sign(claim));
  for (int tries = 0; tries < most_tries; ++tries) {
    if (has_claim(repository, image, claim, key)) {
      return tries == 0 ? Written::already_there : Written::added;
    }
    if (tries == 0) repository.put_blob(layer, claim);
    append_claim(repository, tag, read_tag(repository, tag), layer);
  }
  throw Error(ErrorKind::precondition,
              "the tag " + tag + " in " + repository.name() +
                  " does not keep what is written to it; is another signer at work?");
}

// ---- the bundle ----

bool has_bundle(oci::Repository& repository, const ImageToSign& image, const crypto::PrivateKey& key) {
  const Policy policy{.keys = only(key), .annotations = image.annotations};
  Examination examination;
  examine_bundles(repository, image.image.digest, examination,
                  [&](const std::string& json, Checklist& checks) {
                    const auto bundle = parse_bundle(json, checks);
                    const auto* envelope = std::get_if<UnverifiedEnvelope>(&bundle.content);
                    checks.require(envelope != nullptr, "no envelope");
                    const auto statement =
                        VerifiedStatement::parse(verify_envelope(*envelope, policy.keys, checks), checks);
                    return accept_statement(statement, image.image.digest, policy, checks);
                  });
  return std::any_of(examination.signatures.begin(), examination.signatures.end(),
                     [&](const Signature& each) { return each.annotations == image.annotations; });
}

std::map<std::string, std::string> bundle_annotations() {
  const auto time = base::source_date_epoch().value_or(base::now());
  return {
      {"dev.sigstore.bundle.content", "dsse-envelope"},
      {"dev.sigstore.bundle.predicateType", std::string(image_predicate_type)},
      {"org.opencontainers.image.created", base::rfc3339(std::chrono::floor<std::chrono::seconds>(time))}};
}

Written sign_referrer(oci::Repository& repository, const ImageToSign& image, const crypto::PrivateKey& key) {
  if (has_bundle(repository, image, key)) return Written::already_there;
  const auto statement = image_statement(image.image.digest, image.annotations);
  const auto bundle =
      write_bundle(cosign_hint(key.public_key()), {{"dsseEnvelope", sign_envelope(statement, key)}});
  const std::string empty = "{}";
  oci::Descriptor subject = image.image;
  subject.annotations.clear();
  subject.platform.reset();
  const oci::Manifest manifest{.media_type = std::string(oci::media_type::oci_manifest),
                               .artifact_type = std::string(bundle_media_type),
                               .config = describe(oci::media_type::oci_empty, empty),
                               .layers = {describe(bundle_media_type, bundle)},
                               .subject = subject,
                               .annotations = bundle_annotations()};
  repository.put_blob(manifest.config, empty);
  repository.put_blob(manifest.layers.front(), bundle);
  repository.put_referrer(manifest.to_raw());
  return Written::added;
}

}  // namespace

SignedImage sign_image(oci::Repository& repository, const ImageToSign& image, const crypto::PrivateKey& key) {
  return {sign_tag(repository, image, key), sign_referrer(repository, image, key)};
}

}  // namespace sigstore
