#include "promote-alias/proof.hpp"

#include "base/error.hpp"
#include "base/files.hpp"
#include "crypto/hash.hpp"
#include "model_registry/evidence.hpp"
#include "model_registry/lineage.hpp"
#include "promote-alias/approval.hpp"
#include "promote-alias/signatures.hpp"

namespace promote_alias {
namespace {

using model_registry::ModelRegistry;
using model_registry::ModelVersion;

std::string tag(const ModelVersion& version, std::string_view key) {
  const auto found = version.tags.find(std::string(key));
  return found == version.tags.end() ? "" : found->second;
}

// The attachment, which must be the one that was registered.
std::optional<std::string> evidence_file(ModelRegistry& registry, const ModelVersion& version,
                                         std::string_view name, std::string_view digest_tag, Proof& proof) {
  auto text = registry.attachment(version, std::string(name));
  if (!text) {
    proof.refusals.push_back(version.uri() + " has no " + std::string(name) + "; register it with one");
    return std::nullopt;
  }
  const auto digest = crypto::sha256(*text).text();
  if (digest == tag(version, digest_tag)) return text;
  proof.refusals.push_back(std::string(name) + " of " + version.uri() +
                           " is not the one that was registered: it is " + digest + ", the tag " +
                           std::string(digest_tag) + " says '" + tag(version, digest_tag) + "'");
  return std::nullopt;
}

void prove_gate(ModelRegistry& registry, const ModelVersion& version, model_registry::Verdict worst,
                Proof& proof) {
  const auto text = evidence_file(registry, version, model_registry::gate_report_attachment,
                                  model_registry::gate_report_tag, proof);
  if (!text) return;
  const auto report = model_registry::read_gate_report(*text, "the gate report of " + version.uri());
  const auto model = base::Digest::parse(tag(version, model_registry::model_digest_tag));
  if (const auto reason = refusal(report, worst, model)) proof.refusals.push_back(*reason);
  proof.evidence["gate"] = {{"verdict", to_string(report.verdict)}, {"report", crypto::sha256(*text).text()}};
}

// The files are fetched and hashed: what is promoted is what was signed, also if the registry's copy changed.
void prove_signature(ModelRegistry& registry, const ModelVersion& version, const Given& given, Proof& proof) {
  const auto policy = policy_of(given.keys);
  const auto bundle = evidence_file(registry, version, model_registry::model_signature_attachment,
                                    model_registry::signature_tag, proof);
  if (!bundle) return;
  const base::TemporaryDirectory files;
  if (!registry.fetch_model(version, files.path())) {
    proof.refusals.push_back("the registry keeps no copy of " + version.uri() +
                             ", so its signature cannot be verified; register it without --storage-uri");
    return;
  }
  const auto place = std::string(model_registry::model_signature_attachment) + " of " + version.uri();
  const auto check = checked(sigstore::verify_model({files.path(), {}}, *bundle, place, policy));
  if (!check.key) {
    proof.refusals.push_back("the model's signature does not hold: " + check.refusal);
    return;
  }
  if (check.digest->text() != tag(version, model_registry::model_digest_tag)) {
    proof.refusals.push_back("the signed files are " + check.digest->text() + ", registered was " +
                             tag(version, model_registry::model_digest_tag));
  }
  proof.evidence["signature"] = {{"bundle", crypto::sha256(*bundle).text()}, {"key", check.key->text()}};
}

}  // namespace

Proof prove(ModelRegistry& registry, const ModelVersion& version, const Requirements& needs,
            const Given& given, const Record& move) {
  Proof proof;
  const bool needs_digest = needs.gate || needs.signature || needs.approvals.count > 0;
  if (needs_digest && move.model_digest.empty()) {
    proof.refusals.push_back(version.uri() + " has no tag " + std::string(model_registry::model_digest_tag) +
                             "; the policy needs a version that register-model registered");
    return proof;
  }
  if (needs.gate) prove_gate(registry, version, *needs.gate, proof);
  if (needs.signature) prove_signature(registry, version, given, proof);
  auto approved = check_approvals(given.approvals, given.keys, needs.approvals, move);
  if (!approved.evidence.empty()) proof.evidence["approvals"] = std::move(approved.evidence);
  proof.refusals.insert(proof.refusals.end(), approved.refusals.begin(), approved.refusals.end());
  return proof;
}

}  // namespace promote_alias
