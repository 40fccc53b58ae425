// DSSE: the envelope whose signature covers the payload and its type.
//
// Source: secure-systems-lab/dsse, protocol.md v1.0.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "crypto/key.hpp"
#include "sigstore/bundle.hpp"
#include "sigstore/examination.hpp"

namespace sigstore {

inline constexpr std::string_view in_toto_type = "application/vnd.in-toto+json";

// Bytes over which a trusted key's signature holds. Statements and claims are parsed from this type only.
class VerifiedPayload {
 public:
  const std::string& bytes() const { return bytes_; }
  const TrustedKey& signer() const { return *signer_; }

 private:
  friend VerifiedPayload verify_envelope(const UnverifiedEnvelope&, const std::vector<TrustedKey>&,
                                         Checklist&);
  friend VerifiedPayload verify_signed_bytes(std::string_view, std::string_view,
                                             const std::vector<TrustedKey>&, Checklist&);
  VerifiedPayload(std::string bytes, const TrustedKey& signer) : bytes_(std::move(bytes)), signer_(&signer) {}

  std::string bytes_;
  const TrustedKey* signer_;
};

// What is signed: "DSSEv1 LENGTH TYPE LENGTH PAYLOAD".
std::string pre_authentication_encoding(std::string_view type, std::string_view payload);

// Checks 11 and 12. `keys` must outlive the payload.
VerifiedPayload verify_envelope(const UnverifiedEnvelope& envelope, const std::vector<TrustedKey>& keys,
                                Checklist& checks);
// Check 12 for bytes that are signed as they are.
VerifiedPayload verify_signed_bytes(std::string_view bytes, std::string_view signature,
                                    const std::vector<TrustedKey>& keys, Checklist& checks);

// {"payload": …, "payloadType": …, "signatures": [{"sig": …}]} without a keyid, which Go's verifier would
// compare with a fingerprint of its own.
base::OrderedJson sign_envelope(std::string_view payload, const crypto::PrivateKey& key);

// "a.pub, b.pub"
std::string names_of(const std::vector<TrustedKey>& keys);

}  // namespace sigstore
