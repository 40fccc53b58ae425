#include "sigstore/image_signatures.hpp"

#include "base/interrupt.hpp"
#include "base/text.hpp"
#include "sigstore/bundle.hpp"
#include "sigstore/simple_signing.hpp"

namespace sigstore {
namespace {

constexpr std::size_t most_layers = 1000;

bool is_bundle(const oci::Manifest& manifest) {
  return manifest.layers.size() == 1 &&
         manifest.layers.front().media_type.rfind(bundle_media_type_prefix, 0) == 0;
}

}  // namespace

std::optional<std::string> read_bundle(oci::Repository& repository, const oci::Descriptor& descriptor,
                                       Checklist& checks) {
  checks.begin(Check::found_in_place);
  const auto raw = repository.manifest(descriptor.digest.text());
  checks.require(raw.has_value(), "it is listed as a referrer, but its manifest is not there");
  if (raw->is_index()) return std::nullopt;
  const auto manifest = oci::Manifest::parse(*raw);
  if (!is_bundle(manifest)) return std::nullopt;
  const auto& layer = manifest.layers.front();
  checks.begin(Check::document_size);
  checks.require(layer.size <= bundle_limit, "the bundle has " + base::human_bytes(layer.size) +
                                                 ", expected at most " + base::human_bytes(bundle_limit));
  checks.begin(Check::found_in_place);
  auto bundle = repository.blob(layer, bundle_limit);
  checks.require(bundle.has_value(),
                 "its manifest names the blob " + layer.digest.text() + ", which is not there");
  return bundle;
}

void examine_bundles(oci::Repository& repository, const base::Digest& image, Examination& examination,
                     const std::function<Signature(const std::string&, Checklist&)>& verify) {
  for (const auto& descriptor : repository.referrers(image)) {
    base::check_interrupt();
    const auto place = "bundle " + descriptor.digest.text();
    examination.examine(place, [&](Checklist& checks) -> std::optional<Signature> {
      const auto bundle = read_bundle(repository, descriptor, checks);
      if (!bundle) return std::nullopt;
      auto signature = verify(*bundle, checks);
      signature.place = place;
      return signature;
    });
  }
}

void examine_claims(
    oci::Repository& repository, const base::Digest& image, Examination& examination,
    const std::function<Signature(const oci::Descriptor&, const std::string&, Checklist&)>& verify) {
  const auto tag = signature_tag(image);
  std::vector<oci::Descriptor> layers;
  examination.examine(tag, [&](Checklist& checks) -> std::optional<Signature> {
    const auto raw = repository.manifest(tag);
    if (!raw) return std::nullopt;
    layers = oci::Manifest::parse(*raw).layers;
    if (layers.size() > most_layers) {
      layers.clear();
      checks.refuse("it has more than " + std::to_string(most_layers) + " layers");
    }
    return std::nullopt;
  });
  for (std::size_t i = 0; i < layers.size(); ++i) {
    base::check_interrupt();
    const auto place = "layer " + std::to_string(i + 1) + " of " + tag;
    examination.examine(place, [&](Checklist& checks) {
      checks.begin(Check::media_type);
      checks.require_equal(simple_signing_media_type, layers[i].media_type);
      checks.begin(Check::document_size);
      checks.require(layers[i].size <= claim_limit,
                     "the payload is larger than " + base::human_bytes(claim_limit));
      checks.begin(Check::found_in_place);
      const auto claim = repository.blob(layers[i], claim_limit);
      checks.require(claim.has_value(), "its blob " + layers[i].digest.text() + " is not there");
      auto signature = verify(layers[i], *claim, checks);
      signature.place = place;
      return std::optional<Signature>(std::move(signature));
    });
  }
}

}  // namespace sigstore
