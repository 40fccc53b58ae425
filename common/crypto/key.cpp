#include "crypto/key.hpp"

#include <openssl/core_names.h>
#include <openssl/x509.h>

#include <cstring>

#include "base/files.hpp"
#include "base/text.hpp"
#include "crypto/openssl.hpp"
#include "crypto/pem.hpp"

namespace crypto {
namespace {

using base::Error;
using base::ErrorKind;
using KeyPointer = std::shared_ptr<EVP_PKEY>;

constexpr std::uintmax_t key_file_limit = 65536;
constexpr int least_rsa_bits = 2048;

KeyPointer own(EVP_PKEY* key) {
  return KeyPointer(key, &EVP_PKEY_free);
}

const EVP_MD* method(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::sha256:
      return EVP_sha256();
    case HashAlgorithm::sha384:
      return EVP_sha384();
    case HashAlgorithm::sha512:
      return EVP_sha512();
    case HashAlgorithm::md5:
      break;
  }
  throw Error(ErrorKind::internal, "no signature is made over this hash");
}

KeyType curve_type(const EVP_PKEY* key, std::string_view where) {
  char group[32] = {};
  std::size_t size = 0;
  int was_explicit = 0;
  EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &was_explicit);
  if (EVP_PKEY_get_group_name(key, group, sizeof(group), &size) == 1 && was_explicit == 0) {
    if (std::strcmp(group, "prime256v1") == 0) return KeyType::p256;
    if (std::strcmp(group, "secp384r1") == 0) return KeyType::p384;
    if (std::strcmp(group, "secp521r1") == 0) return KeyType::p521;
  }
  throw bad_key(where, "an EC key on the curve '" + std::string(group) +
                           "', expected P-256, P-384 or P-521 by their names");
}

KeyType type_of(const EVP_PKEY* key, std::string_view where) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_EC:
      return curve_type(key, where);
    case EVP_PKEY_RSA:
      if (EVP_PKEY_get_bits(key) >= least_rsa_bits) return KeyType::rsa;
      throw bad_key(
          where, "an RSA key of " + std::to_string(EVP_PKEY_get_bits(key)) + " bits, expected at least 2048");
    case EVP_PKEY_ED25519:
      return KeyType::ed25519;
    default:
      throw bad_key(where, "a key of an unsupported kind, expected ECDSA, RSA or Ed25519");
  }
}

std::string subject_public_key_info(const EVP_PKEY* key) {
  unsigned char* data = nullptr;
  const int size = i2d_PUBKEY(key, &data);
  openssl::check(size > 0 ? 1 : 0, "encode a public key");
  std::string der(reinterpret_cast<char*>(data), static_cast<std::size_t>(size));
  OPENSSL_free(data);
  return der;
}

}  // namespace

std::string_view to_string(KeyType type) {
  switch (type) {
    case KeyType::p256:
      return "ECDSA P-256";
    case KeyType::p384:
      return "ECDSA P-384";
    case KeyType::p521:
      return "ECDSA P-521";
    case KeyType::rsa:
      return "RSA";
    case KeyType::ed25519:
      return "Ed25519";
  }
  return "";
}

PublicKey::PublicKey(std::shared_ptr<evp_pkey_st> key, std::string_view where)
    : key_(std::move(key)), type_(type_of(key_.get(), where)), der_(subject_public_key_info(key_.get())) {}

PublicKey PublicKey::from_pem(std::string_view pem, std::string_view where) {
  const auto block = read_pem(pem, where);
  if (block.type != "PUBLIC KEY") {
    throw bad_key(where, "PEM of type '" + base::printable(block.type, 60) + "', expected PUBLIC KEY");
  }
  // A second key would be silently without effect, whatever its owner hopes.
  if (!base::trim(block.rest).empty()) throw bad_key(where, "something follows the first key");
  const auto* at = openssl::bytes(block.body);
  auto key = own(d2i_PUBKEY(nullptr, &at, static_cast<long>(block.body.size())));
  if (!key || at != openssl::bytes(block.body) + block.body.size()) {
    throw bad_key(where, "the PEM block is no public key");
  }
  return PublicKey(std::move(key), where);
}

PublicKey PublicKey::load(const std::filesystem::path& path) {
  return from_pem(base::read_file(path, key_file_limit), path.string());
}

std::string PublicKey::pem() const {
  return write_pem("PUBLIC KEY", der_);
}

base::Digest PublicKey::fingerprint() const {
  return sha256(der_);
}

HashAlgorithm PublicKey::hash_algorithm() const {
  if (type_ == KeyType::p384) return HashAlgorithm::sha384;
  if (type_ == KeyType::p521) return HashAlgorithm::sha512;
  return HashAlgorithm::sha256;
}

bool PublicKey::verify(std::string_view message, std::string_view signature) const {
  return verify_with(hash_algorithm(), message, signature);
}

bool PublicKey::verify_with(HashAlgorithm algorithm, std::string_view message,
                            std::string_view signature) const {
  const openssl::DigestContext context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  const EVP_MD* hash = type_ == KeyType::ed25519 ? nullptr : method(algorithm);
  openssl::check(EVP_DigestVerifyInit(context.get(), nullptr, hash, nullptr, key_.get()),
                 "prepare a verification");
  const int result = EVP_DigestVerify(context.get(), openssl::bytes(signature), signature.size(),
                                      openssl::bytes(message), message.size());
  ERR_clear_error();
  return result == 1;
}

bool PublicKey::verify_digest(HashAlgorithm algorithm, std::string_view digest,
                              std::string_view signature) const {
  if (type_ == KeyType::ed25519) return false;
  const openssl::KeyContext context(EVP_PKEY_CTX_new(key_.get(), nullptr), &EVP_PKEY_CTX_free);
  openssl::check(EVP_PKEY_verify_init(context.get()), "prepare a verification");
  openssl::check(EVP_PKEY_CTX_set_signature_md(context.get(), method(algorithm)), "choose the hash");
  const int result = EVP_PKEY_verify(context.get(), openssl::bytes(signature), signature.size(),
                                     openssl::bytes(digest), digest.size());
  ERR_clear_error();
  return result == 1;
}

}  // namespace crypto
