#include "register-model/proof.hpp"

#include <variant>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"
#include "crypto/key.hpp"
#include "model_registry/evidence.hpp"
#include "model_registry/lineage.hpp"
#include "sigstore/verify.hpp"

namespace register_model {
namespace {

using base::Error;
using base::ErrorKind;
using model_registry::GateReport;
using model_registry::Tags;
using model_registry::Verdict;

// Without --require-gate a verdict of fail is recorded as it is; a report that was changed or is about
// another model is refused always.
std::optional<std::string> gate_refusal(const Config& config, const GateReport& report,
                                        const base::Digest& model) {
  if (config.require_gate) return refusal(report, Verdict::warn, model);
  if (!report.model_digest) {
    base::log_warning(
        "the gate report does not say which model was evaluated; run eval-gate with --model-digest");
    return report.contradictions.empty() ? std::nullopt : std::optional(report.contradictions.front());
  }
  return refusal(report, Verdict::error, model);
}

void set_gate_tags(const GateReport& report, const std::string& text, Tags& tags) {
  tags[std::string(model_registry::gate_verdict_tag)] = to_string(report.verdict);
  tags[std::string(model_registry::gate_report_tag)] = crypto::sha256(text).text();
  // What the gates measured counts more than what training said of itself.
  for (const auto& [name, value] : report.metrics) {
    const auto key = std::string(model_registry::metric_tag_prefix) + name;
    if (key.size() <= 250) tags[key] = base::to_text(value);
  }
}

sigstore::Policy policy_of(const Config& config) {
  sigstore::Policy policy;
  for (const auto& path : config.key) {
    policy.keys.push_back({path.string(), crypto::PublicKey::load(path)});
  }
  return policy;
}

std::string text_of(const sigstore::NotVerified& not_verified) {
  if (not_verified.refusals.empty()) return "there is no signature in it";
  std::vector<std::string> texts;
  for (const auto& each : not_verified.refusals) texts.push_back(each.text());
  return base::join(texts, "; ");
}

}  // namespace

void add_gate_report(const Config& config, const base::Digest& model, Lineage& lineage) {
  if (!config.gate_report) {
    if (!config.require_gate) return;
    throw Error(ErrorKind::usage, "--require-gate needs --gate-report FILE, the report of eval-gate");
  }
  const auto where = config.gate_report->string();
  const auto text = base::read_file(*config.gate_report);
  const auto report = model_registry::read_gate_report(text, where);
  if (const auto reason = gate_refusal(config, report, model))
    lineage.refusals.push_back(where + ": " + *reason);
  set_gate_tags(report, text, lineage.version.tags);
  lineage.version.attachments.push_back(
      {std::string(model_registry::gate_report_attachment), *config.gate_report});
}

void add_signature(const Config& config, const base::Digest& model, Lineage& lineage) {
  if (!config.model_signature) {
    if (!config.require_signature) return;
    throw Error(ErrorKind::usage, "--require-signature needs --model-signature FILE and --key FILE");
  }
  if (config.key.empty()) {
    throw Error(ErrorKind::usage,
                "--model-signature is only recorded when it was verified: give --key FILE, the "
                "public key that it must hold under");
  }
  const auto where = config.model_signature->string();
  const auto bundle = base::read_file(*config.model_signature);
  // Its own file is left out, should it lie in the directory.
  sigstore::ModelDirectory directory{*config.model, {}};
  const auto inside = std::filesystem::weakly_canonical(*config.model_signature)
                          .lexically_relative(std::filesystem::canonical(*config.model));
  if (!inside.empty() && *inside.begin() != "..") directory.ignored.push_back(inside.generic_string());
  const auto outcome = sigstore::verify_model(directory, bundle, where, policy_of(config));
  if (const auto* refused = std::get_if<sigstore::NotVerified>(&outcome)) {
    lineage.refusals.push_back(where + ": the model's signature does not hold: " + text_of(*refused));
    return;
  }
  const auto& verified = std::get<sigstore::Verified>(outcome);
  if (verified.digest() != model) {
    lineage.refusals.push_back(where + ": the signature leaves out files of the model: it is for " +
                               verified.digest().text() + ", the directory is " + model.text());
    return;
  }
  auto& tags = lineage.version.tags;
  tags[std::string(model_registry::signature_tag)] = crypto::sha256(bundle).text();
  tags[std::string(model_registry::signature_key_tag)] = verified.signatures().front().key_fingerprint.text();
  lineage.version.attachments.push_back(
      {std::string(model_registry::model_signature_attachment), *config.model_signature});
}

}  // namespace register_model
