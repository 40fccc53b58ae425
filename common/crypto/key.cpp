#include "crypto/key.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstring>

#include "base/encoding.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "crypto/openssl.hpp"
#include "crypto/sealed_key.hpp"

namespace crypto {
namespace {

using base::Error;
using base::ErrorKind;
using KeyPointer = std::shared_ptr<EVP_PKEY>;

constexpr std::uintmax_t key_file_limit = 65536;
constexpr int least_rsa_bits = 2048;
constexpr std::string_view sealed_type = "ENCRYPTED SIGSTORE PRIVATE KEY";
constexpr std::string_view old_sealed_type = "ENCRYPTED COSIGN PRIVATE KEY";

KeyPointer own(EVP_PKEY* key) {
  return KeyPointer(key, &EVP_PKEY_free);
}

Error bad_key(std::string_view where, const std::string& reason) {
  ERR_clear_error();
  return Error(ErrorKind::input, std::string(where) + ": " + reason);
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

struct PemBlock {
  std::string type;
  std::string body;
  std::string rest;  // what follows the block
};

// The first PEM block of `pem`.
PemBlock read_pem(std::string_view pem, std::string_view where) {
  const auto bio = openssl::reading(pem);
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  if (PEM_read_bio(bio.get(), &name, &header, &data, &size) != 1) {
    throw bad_key(where, "not a PEM file, expected a line like -----BEGIN PUBLIC KEY-----");
  }
  PemBlock block{name, std::string(reinterpret_cast<char*>(data), static_cast<std::size_t>(size)), {}};
  char buffer[1024];
  for (int count = 0; (count = BIO_read(bio.get(), buffer, sizeof(buffer))) > 0;) {
    block.rest.append(buffer, static_cast<std::size_t>(count));
  }
  OPENSSL_free(name);
  OPENSSL_free(header);
  OPENSSL_clear_free(data, static_cast<std::size_t>(size));
  return block;
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

int give_password(char* buffer, int size, int, void* user) {
  const auto& password = *static_cast<const std::string_view*>(user);
  if (password.size() > static_cast<std::size_t>(size)) return -1;
  std::memcpy(buffer, password.data(), password.size());
  return static_cast<int>(password.size());
}

KeyPointer from_der(std::string_view der, std::string_view where) {
  const auto* at = openssl::bytes(der);
  auto key = own(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
  if (!key || at != openssl::bytes(der) + der.size()) throw bad_key(where, "the sealed bytes are no key");
  return key;
}

KeyPointer from_plain_pem(std::string_view pem, std::string_view password, std::string_view where) {
  const auto bio = openssl::reading(pem);
  auto key = own(PEM_read_bio_PrivateKey(bio.get(), nullptr, &give_password, &password));
  if (key) return key;
  if (pem.find("ENCRYPTED") != std::string_view::npos) {
    ERR_clear_error();
    throw Error(ErrorKind::precondition,
                std::string(where) + ": the password does not open this key (or the file is damaged)");
  }
  throw bad_key(where, "no private key in it, expected PEM of type PRIVATE KEY, EC PRIVATE KEY or " +
                           std::string(sealed_type));
}

std::string pkcs8(const EVP_PKEY* key) {
  const std::unique_ptr<PKCS8_PRIV_KEY_INFO, decltype(&PKCS8_PRIV_KEY_INFO_free)> info(
      EVP_PKEY2PKCS8(key), &PKCS8_PRIV_KEY_INFO_free);
  unsigned char* data = nullptr;
  const int size = info ? i2d_PKCS8_PRIV_KEY_INFO(info.get(), &data) : 0;
  openssl::check(size > 0 ? 1 : 0, "encode a private key");
  std::string der(reinterpret_cast<char*>(data), static_cast<std::size_t>(size));
  OPENSSL_clear_free(data, static_cast<std::size_t>(size));
  return der;
}

std::string write_pem(const std::string& type, std::string_view body) {
  const auto bio = openssl::writing();
  const int size =
      PEM_write_bio(bio.get(), type.c_str(), "", openssl::bytes(body), static_cast<long>(body.size()));
  openssl::check(size > 0 ? 1 : 0, "write PEM");
  return openssl::content(bio);
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

PrivateKey::PrivateKey(std::shared_ptr<evp_pkey_st> key, std::string_view where)
    : key_(std::move(key)), public_key_(key_, where) {
  if (public_key_.type() != KeyType::p256) {
    throw bad_key(where, "a key of type " + std::string(to_string(public_key_.type())) +
                             ", expected ECDSA P-256, which every verifier accepts");
  }
}

PrivateKey PrivateKey::generate() {
  auto key = own(EVP_EC_gen("P-256"));
  openssl::check(key ? 1 : 0, "generate a key");
  return PrivateKey(std::move(key), "generated key");
}

PrivateKey PrivateKey::from_pem(std::string_view pem, std::string_view password, std::string_view where) {
  const auto block = read_pem(pem, where);
  if (block.type == sealed_type || block.type == old_sealed_type) {
    std::string der = open_sealed_key(block.body, password, where);
    auto key = from_der(der, where);
    OPENSSL_cleanse(der.data(), der.size());
    return PrivateKey(std::move(key), where);
  }
  return PrivateKey(from_plain_pem(pem, password, where), where);
}

PrivateKey PrivateKey::load(const std::filesystem::path& path, std::string_view password) {
  std::string pem = base::read_file(path, key_file_limit);
  auto key = from_pem(pem, password, path.string());
  OPENSSL_cleanse(pem.data(), pem.size());
  return key;
}

std::string PrivateKey::sign(std::string_view message) const {
  return sign_digest(sha256(message));
}

std::string PrivateKey::sign_digest(const base::Digest& sha256) const {
  const std::string digest = base::from_hex(sha256.hex());
  const openssl::KeyContext context(EVP_PKEY_CTX_new(key_.get(), nullptr), &EVP_PKEY_CTX_free);
  openssl::check(EVP_PKEY_sign_init(context.get()), "prepare a signature");
  openssl::check(EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()), "choose the hash");
  std::size_t size = 0;
  openssl::check(
      EVP_PKEY_sign(context.get(), nullptr, &size, openssl::bytes(std::string_view(digest)), digest.size()),
      "size a signature");
  std::string signature(size, '\0');
  openssl::check(EVP_PKEY_sign(context.get(), openssl::bytes(signature), &size,
                               openssl::bytes(std::string_view(digest)), digest.size()),
                 "sign");
  signature.resize(size);
  return signature;
}

std::string PrivateKey::sealed_pem(std::string_view password) const {
  std::string der = pkcs8(key_.get());
  auto pem = write_pem(std::string(sealed_type), seal_key(der, password));
  OPENSSL_cleanse(der.data(), der.size());
  return pem;
}

PublicKey generate_key_pair(const std::filesystem::path& prefix, std::string_view password) {
  const std::filesystem::path private_path = prefix.string() + ".key";
  const std::filesystem::path public_path = prefix.string() + ".pub";
  const bool half_made = std::filesystem::exists(private_path) && !std::filesystem::exists(public_path);
  if (!half_made && (std::filesystem::exists(private_path) || std::filesystem::exists(public_path))) {
    throw Error(ErrorKind::precondition, private_path.string() + " or " + public_path.string() +
                                             " is there already; choose another prefix or remove both");
  }
  const auto key = half_made ? PrivateKey::load(private_path, password) : PrivateKey::generate();
  if (!half_made) base::write_file(private_path, key.sealed_pem(password), 0600);
  base::write_file(public_path, key.public_key().pem());
  return key.public_key();
}

}  // namespace crypto
