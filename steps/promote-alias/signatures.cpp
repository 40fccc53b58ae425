#include "promote-alias/signatures.hpp"

#include <variant>

#include "base/error.hpp"
#include "base/text.hpp"

namespace promote_alias {

sigstore::Policy policy_of(const std::vector<std::filesystem::path>& keys) {
  if (keys.empty()) {
    throw base::Error(
        base::ErrorKind::usage,
        "the policy demands a signature: give the public keys that are trusted with --key FILE");
  }
  sigstore::Policy policy;
  for (const auto& path : keys) policy.keys.push_back({path.string(), crypto::PublicKey::load(path)});
  return policy;
}

Checked checked(const sigstore::Outcome& outcome) {
  if (const auto* verified = std::get_if<sigstore::Verified>(&outcome)) {
    return {verified->signatures().front().key_fingerprint, "", verified->digest()};
  }
  std::vector<std::string> texts;
  for (const auto& each : std::get<sigstore::NotVerified>(outcome).refusals) texts.push_back(each.text());
  return {std::nullopt, texts.empty() ? "there is no signature in it" : base::join(texts, "; "),
          std::nullopt};
}

}  // namespace promote_alias
