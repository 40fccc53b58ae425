#include "sigstore/dsse.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace sigstore {
namespace {

// Some old clients sign with P-384 and P-521 keys over SHA-256, so that is tried after the key's own hash.
bool holds(const crypto::PublicKey& key, std::string_view message, std::string_view signature) {
  if (key.verify(message, signature)) return true;
  const bool other_hash = key.hash_algorithm() != crypto::HashAlgorithm::sha256;
  return other_hash && key.verify_with(crypto::HashAlgorithm::sha256, message, signature);
}

const TrustedKey& signer_of(std::string_view message, std::string_view signature,
                            const std::vector<TrustedKey>& keys, Checklist& checks) {
  checks.begin(Check::signature);
  for (const auto& each : keys) {
    if (holds(each.key, message, signature)) return each;
  }
  checks.refuse("the signature holds under none of the trusted keys (" + names_of(keys) + ")");
}

}  // namespace

std::string names_of(const std::vector<TrustedKey>& keys) {
  std::vector<std::string> names;
  names.reserve(keys.size());
  for (const auto& each : keys) names.push_back(each.name);
  return base::join(names, ", ");
}

std::string pre_authentication_encoding(std::string_view type, std::string_view payload) {
  std::string encoded = "DSSEv1 " + std::to_string(type.size()) + " ";
  encoded.append(type);
  encoded += " " + std::to_string(payload.size()) + " ";
  encoded.append(payload);
  return encoded;
}

VerifiedPayload verify_envelope(const UnverifiedEnvelope& envelope, const std::vector<TrustedKey>& keys,
                                Checklist& checks) {
  checks.begin(Check::payload_type);
  checks.require_equal(in_toto_type, envelope.payload_type);
  const auto message = pre_authentication_encoding(envelope.payload_type, envelope.payload);
  const auto& signer = signer_of(message, envelope.signature, keys, checks);
  return VerifiedPayload(envelope.payload, signer);
}

VerifiedPayload verify_signed_bytes(std::string_view bytes, std::string_view signature,
                                    const std::vector<TrustedKey>& keys, Checklist& checks) {
  const auto& signer = signer_of(bytes, signature, keys, checks);
  return VerifiedPayload(std::string(bytes), signer);
}

base::OrderedJson sign_envelope(std::string_view payload, const crypto::PrivateKey& key) {
  const auto signature = key.sign(pre_authentication_encoding(in_toto_type, payload));
  return {{"payload", base::to_base64(payload)},
          {"payloadType", in_toto_type},
          {"signatures", base::OrderedJson::array({{{"sig", base::to_base64(signature)}}})}};
}

}  // namespace sigstore
