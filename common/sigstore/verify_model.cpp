#include "base/text.hpp"
#include "crypto/file_hash.hpp"
#include "sigstore/bundle.hpp"
#include "sigstore/examination.hpp"
#include "sigstore/model_signing.hpp"
#include "sigstore/verify.hpp"

namespace sigstore {
namespace {

VerifiedStatement verify_model_bundle(const Bundle& bundle, const Policy& policy, Checklist& checks) {
  const auto* envelope = std::get_if<UnverifiedEnvelope>(&bundle.content);
  checks.begin(Check::one_content);
  checks.require(envelope != nullptr, "expected a DSSE envelope, found a message signature over one file");
  return VerifiedStatement::parse(verify_envelope(*envelope, policy.keys, checks), checks);
}

// A signed exception is still an exception: the report says so.
std::vector<std::string> notes_of(const Bundle& bundle, const SignedModel& model) {
  auto notes = bundle.notes;
  if (!model.ignored.empty()) {
    notes.push_back("the signer left out " + base::printable(base::join(model.ignored, ", "), 300));
  }
  return notes;
}

}  // namespace

Outcome verify_model(const ModelDirectory& model, std::string_view bundle, std::string_view place,
                     const Policy& policy) {
  require_keys(policy);
  Examination examination;
  std::optional<base::Digest> digest;
  examination.examine(std::string(place), [&](Checklist& checks) {
    const auto parsed = parse_bundle(bundle, checks);
    const auto statement = verify_model_bundle(parsed, policy, checks);
    const auto signed_model = parse_model(statement, checks);
    check_annotations(statement.subjects().front().annotations, policy, checks);
    // Only now are files read: by the paths and rules of a trusted signer.
    digest = crypto::tree_digest(check_model_files(signed_model, model.root, model.ignored, checks));
    const auto& signer = statement.payload().signer();
    Signature signature{.place = std::string(place),
                        .form = "bundle",
                        .signer = signer.name,
                        .key_fingerprint = signer.key.fingerprint(),
                        .predicate_type = statement.predicate_type(),
                        .docker_reference = std::nullopt,
                        .annotations = statement.subjects().front().annotations,
                        .notes = notes_of(parsed, signed_model)};
    return std::optional<Signature>(std::move(signature));
  });
  if (!digest) return NotVerified{std::move(examination.refusals)};
  return std::move(examination).outcome(*digest);
}

}  // namespace sigstore
