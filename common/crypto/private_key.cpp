#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstring>

#include "base/encoding.hpp"
#include "base/files.hpp"
#include "crypto/key.hpp"
#include "crypto/openssl.hpp"
#include "crypto/pem.hpp"
#include "crypto/sealed_key.hpp"

namespace crypto {
namespace {

using base::Error;
using base::ErrorKind;
using KeyPointer = std::shared_ptr<EVP_PKEY>;

constexpr std::uintmax_t key_file_limit = 65536;
constexpr std::string_view sealed_type = "ENCRYPTED SIGSTORE PRIVATE KEY";
constexpr std::string_view old_sealed_type = "ENCRYPTED COSIGN PRIVATE KEY";

KeyPointer own(EVP_PKEY* key) {
  return KeyPointer(key, &EVP_PKEY_free);
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

}  // namespace

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
  // A fault of the machine in the middle of it could give the key away; such a signature is not let out.
  if (!public_key_.verify_digest(HashAlgorithm::sha256, digest, signature)) {
    throw Error(ErrorKind::internal, "a fresh signature does not hold under its own key");
  }
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
