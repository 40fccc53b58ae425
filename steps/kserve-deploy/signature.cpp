#include "kserve-deploy/signature.hpp"

#include "base/files.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "model_registry/lineage.hpp"
#include "oci/repository.hpp"
#include "sigstore/verify.hpp"

namespace kserve_deploy {
namespace {

using base::Error;
using base::ErrorKind;

sigstore::Policy policy_of(const Config& config) {
  sigstore::Policy policy;
  for (const auto& path : config.key) policy.keys.push_back({path.string(), crypto::PublicKey::load(path)});
  return policy;
}

Proof proof_of(const sigstore::Outcome& outcome, const std::string& what) {
  if (const auto* verified = std::get_if<sigstore::Verified>(&outcome)) {
    const auto& signature = verified->signatures().front();
    base::log_info(what + " is signed with " + signature.signer);
    return {"", signature.key_fingerprint.text(), verified->digest().text()};
  }
  std::vector<std::string> reasons;
  for (const auto& refusal : std::get<sigstore::NotVerified>(outcome).refusals)
    reasons.push_back(refusal.text());
  const auto why = reasons.empty() ? std::string("no signature was found") : base::join(reasons, "; ");
  return {"the signature of " + what + " does not verify: " + base::printable(why, 1500), "", ""};
}

}  // namespace

Proof prove_image(const Config& config, const oci::Reference& image) {
  oci::Location location;
  location.reference = image;
  oci::OpenOptions options;
  options.plain_http = config.plain_http;
  options.ca_file = config.ca_file;
  const auto repository = oci::open_repository(location, options);
  return base::in_context("verifying " + image.text(), [&] {
    return proof_of(sigstore::verify_image(*repository, *image.digest, policy_of(config)), image.text());
  });
}

Proof prove_version(const Config& config, model_registry::ModelRegistry& registry,
                    const model_registry::ModelVersion& version) {
  const std::string name(model_registry::model_signature_attachment);
  const auto bundle = registry.attachment(version, name);
  if (!bundle) {
    return {version.uri() +
                " was registered without a signature; sign it (build-pin-digest --sign-model) and register "
                "it with --model-signature",
            "", ""};
  }
  const base::TemporaryDirectory directory;
  const auto files = directory.path() / "model";
  if (!registry.fetch_model(version, files)) {
    throw Error(ErrorKind::precondition,
                version.uri() + " is only named by its address " + base::printable(version.storage_uri, 300) +
                    "; its signature can be verified for oci:// and for files in the registry");
  }
  auto proof = base::in_context("verifying " + version.uri(), [&] {
    return proof_of(sigstore::verify_model({files, {}}, *bundle, name, policy_of(config)), version.uri());
  });
  const auto registered = version.tags.find(std::string(model_registry::model_digest_tag));
  const bool same = registered == version.tags.end() || registered->second == proof.digest;
  if (proof.refusal.empty() && !same)
    proof.refusal =
        "the signature of " + version.uri() + " is of other files than those that were registered";
  return proof;
}

}  // namespace kserve_deploy
