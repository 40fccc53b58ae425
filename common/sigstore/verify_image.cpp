#include "sigstore/bundle.hpp"
#include "sigstore/examination.hpp"
#include "sigstore/image_signatures.hpp"
#include "sigstore/simple_signing.hpp"
#include "sigstore/statement.hpp"
#include "sigstore/verify.hpp"

namespace sigstore {
namespace {

Signature verify_image_bundle(const std::string& json, const base::Digest& image, const Policy& policy,
                              Checklist& checks) {
  const auto bundle = parse_bundle(json, checks);
  const auto* envelope = std::get_if<UnverifiedEnvelope>(&bundle.content);
  checks.begin(Check::one_content);
  checks.require(envelope != nullptr,
                 "expected a DSSE envelope, found a message signature, which does not name the image");
  const auto statement = VerifiedStatement::parse(verify_envelope(*envelope, policy.keys, checks), checks);
  auto signature = accept_statement(statement, image, policy, checks);
  signature.notes = bundle.notes;
  return signature;
}

}  // namespace

Outcome verify_image(oci::Repository& repository, const base::Digest& image, const Policy& policy) {
  require_keys(policy);
  Examination examination;
  examine_bundles(repository, image, examination, [&](const std::string& json, Checklist& checks) {
    return verify_image_bundle(json, image, policy, checks);
  });
  examine_claims(repository, image, examination,
                 [&](const oci::Descriptor& layer, const std::string& claim, Checklist& checks) {
                   return accept_claim(layer, claim, image, policy, checks);
                 });
  return std::move(examination).outcome(image);
}

}  // namespace sigstore
