// Asymmetric keys: those that verify and those that sign.
//
// Public keys are ECDSA on P-256, P-384 and P-521, RSA from 2048 bits (PKCS#1 v1.5) and Ed25519. Private keys
// are P-256 only: that is what every verifier of container images accepts without further options.
//
// Errors: Error{input} for what is not such a key, Error{precondition} for a wrong password or a file that
// cannot be read. A signature that does not hold is an answer (false).   Threads: values; any.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/digest.hpp"
#include "crypto/hash.hpp"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace crypto {

enum class KeyType { p256, p384, p521, rsa, ed25519 };
// "ECDSA P-256", "RSA", "Ed25519".
std::string_view to_string(KeyType type);

class PublicKey {
 public:
  // PEM of type "PUBLIC KEY" (SubjectPublicKeyInfo) and nothing else; `where` names it in messages.
  static PublicKey from_pem(std::string_view pem, std::string_view where);
  static PublicKey load(const std::filesystem::path& path);

  KeyType type() const { return type_; }
  // The SubjectPublicKeyInfo. Keys are compared by this, never by their PEM text.
  const std::string& der() const { return der_; }
  // In canonical form: 64 columns, LF, a final LF.
  std::string pem() const;
  // SHA-256 of the DER form.
  base::Digest fingerprint() const;
  // The hash that goes with the key: SHA-256, for P-384 SHA-384, for P-521 SHA-512. Ed25519 hashes by itself.
  HashAlgorithm hash_algorithm() const;

  // Whether `signature` (ECDSA: DER) over `message` is this key's, hashed with hash_algorithm().
  bool verify(std::string_view message, std::string_view signature) const;
  // The same with another hash; never for Ed25519.
  bool verify_with(HashAlgorithm algorithm, std::string_view message, std::string_view signature) const;
  // For a message of which only the raw `digest` is known; never for Ed25519.
  bool verify_digest(HashAlgorithm algorithm, std::string_view digest, std::string_view signature) const;

  friend bool operator==(const PublicKey& a, const PublicKey& b) { return a.der_ == b.der_; }

 private:
  friend class PrivateKey;
  PublicKey(std::shared_ptr<evp_pkey_st> key, std::string_view where);

  std::shared_ptr<evp_pkey_st> key_;
  KeyType type_;
  std::string der_;
};

class PrivateKey {
 public:
  static PrivateKey generate();
  // PEM of type "ENCRYPTED SIGSTORE PRIVATE KEY" (or the older "ENCRYPTED COSIGN PRIVATE KEY"), "PRIVATE
  // KEY", "ENCRYPTED PRIVATE KEY" or "EC PRIVATE KEY". An unencrypted key ignores `password`.
  static PrivateKey from_pem(std::string_view pem, std::string_view password, std::string_view where);
  static PrivateKey load(const std::filesystem::path& path, std::string_view password);

  const PublicKey& public_key() const { return public_key_; }
  // ECDSA with SHA-256, DER. Two signatures of the same message differ.
  std::string sign(std::string_view message) const;
  std::string sign_digest(const base::Digest& sha256) const;

  // What cosign writes to cosign.key: PKCS#8, sealed with scrypt and NaCl's secretbox.
  std::string sealed_pem(std::string_view password) const;

 private:
  PrivateKey(std::shared_ptr<evp_pkey_st> key, std::string_view where);

  std::shared_ptr<evp_pkey_st> key_;
  PublicKey public_key_;
};

// Makes PREFIX.key (mode 0600) and PREFIX.pub. A pair that is there already is Error{precondition}; a key
// without its .pub (an earlier run was killed) gets it.
PublicKey generate_key_pair(const std::filesystem::path& prefix, std::string_view password);

}  // namespace crypto
