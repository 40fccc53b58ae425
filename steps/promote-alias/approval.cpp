#include "promote-alias/approval.hpp"

#include <set>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "base/yaml.hpp"
#include "crypto/hash.hpp"
#include "promote-alias/signatures.hpp"
#include "sigstore/verify.hpp"

namespace promote_alias {
namespace {

namespace fs = std::filesystem;

std::string differs(std::string_view what, const std::string& found, const std::string& expected) {
  return "it is for " + std::string(what) + " " + base::printable(found, 200) + ", not " + expected;
}

// The fingerprint of the key under which the approval's bundle holds, or why there is none.
Checked check_bundle(const fs::path& path, const std::vector<fs::path>& keys) {
  const auto bundle_path = path.string() + ".sigstore.json";
  const auto bundle = base::read_file_if_exists(bundle_path);
  if (!bundle) return {std::nullopt, "it is not signed: there is no " + bundle_path};
  const auto policy = policy_of(keys);
  return checked(sigstore::verify_blob(sigstore::hash_blob(path, policy.keys), *bundle, bundle_path, policy));
}

}  // namespace

ApprovalFile read_approval(const fs::path& path) {
  const auto document = base::parse_yaml(base::read_file(path, std::uintmax_t{1} << 20U), path.string());
  document.reject_unknown_keys({"approver", "model", "version", "model_digest", "to", "expires", "comment"});
  ApprovalFile approval{.path = path};
  approval.approver = document.at("approver").text();
  approval.model = document.at("model").text();
  approval.version = document.at("version").integer();
  approval.model_digest = document.at("model_digest").text();
  approval.to = document.at("to").text();
  const auto expires = document.at("expires");
  base::in_context(expires.where(), [&] { approval.expires = base::parse_rfc3339(expires.text()); });
  if (approval.approver.empty()) throw document.at("approver").error("expected who approves");
  return approval;
}

std::optional<std::string> refusal_of(const ApprovalFile& approval, const Record& move, base::Time now) {
  if (approval.model != move.model) return differs("model", approval.model, move.model);
  if (approval.version != move.version) {
    return differs("version", std::to_string(approval.version), std::to_string(move.version));
  }
  if (approval.model_digest != move.model_digest) {
    return differs("the model", approval.model_digest, move.model_digest);
  }
  if (approval.to != move.to) return differs("the move to", approval.to, move.to);
  if (approval.expires <= now) return "it expired at " + base::rfc3339(approval.expires);
  return std::nullopt;
}

Approved check_approvals(const std::vector<fs::path>& files, const std::vector<fs::path>& keys,
                         const Approvals& needed, const Record& move) {
  Approved approved;
  std::set<std::string> approvers;
  std::set<std::string> signers;
  for (const auto& path : files) {
    const auto approval = read_approval(path);
    auto refusal = refusal_of(approval, move, base::now());
    base::Json evidence = {{"approver", approval.approver},
                           {"expires", base::rfc3339(approval.expires)},
                           {"digest", crypto::sha256(base::read_file(path)).text()}};
    if (!refusal && !needed.may_be_own && approval.approver == move.actor) {
      refusal = "its approver, " + base::printable(approval.approver, 200) + ", is who makes the move";
    }
    if (!refusal && needed.is_signed) {
      const auto check = check_bundle(path, keys);
      if (check.key) evidence["key"] = check.key->text();
      if (!check.key) refusal = check.refusal;
      if (check.key && !signers.insert(check.key->text()).second)
        refusal = "another one is signed with the same key";
    }
    if (!refusal && !approvers.insert(approval.approver).second)
      refusal = "its approver has approved already";
    if (refusal) {
      approved.refusals.push_back("approval " + path.string() + " does not count: " + *refusal);
    } else {
      approved.evidence.push_back(std::move(evidence));
    }
  }
  const auto count = static_cast<long long>(approved.evidence.size());
  if (count < needed.count) {
    approved.refusals.push_back(std::to_string(needed.count) + (needed.is_signed ? " signed" : "") +
                                " approvals are needed, " + std::to_string(count) +
                                " given (--approval FILE)");
  }
  return approved;
}

}  // namespace promote_alias
