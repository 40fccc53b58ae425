#include "crypto/sealed_key.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <array>
#include <cstdint>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "crypto/openssl.hpp"
#include "crypto/secretbox.hpp"

namespace crypto {
namespace {

using base::Error;
using base::ErrorKind;
using base::Json;

constexpr std::size_t salt_size = 32;
constexpr std::uint64_t written_cost = 65536;
constexpr std::array<std::int64_t, 3> known_costs{32768, 65536, 131072};

std::string random_bytes(std::size_t size) {
  std::string text(size, '\0');
  openssl::check(RAND_bytes(openssl::bytes(text), static_cast<int>(size)), "make random bytes");
  return text;
}

// scrypt with r = 8 and p = 1, the only ones in use.
std::string scrypt(std::string_view password, std::string_view salt, std::uint64_t cost) {
  const std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> method(EVP_KDF_fetch(nullptr, "SCRYPT", nullptr),
                                                                 &EVP_KDF_free);
  const std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)> context(EVP_KDF_CTX_new(method.get()),
                                                                          &EVP_KDF_CTX_free);
  std::string secret(password);
  std::string salted(salt);
  std::uint32_t block = 8;
  std::uint32_t parallel = 1;
  std::uint64_t memory = cost * 1024 + (std::uint64_t{1} << 20U);  // 128 * r bytes a unit of cost
  std::array<OSSL_PARAM, 7> parameters{
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, secret.data(), secret.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salted.data(), salted.size()),
      OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &cost),
      OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &block),
      OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &parallel),
      OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &memory),
      OSSL_PARAM_construct_end()};
  std::string key(secretbox_key_size, '\0');
  openssl::check(EVP_KDF_derive(context.get(), openssl::bytes(key), key.size(), parameters.data()),
                 "compute scrypt");
  OPENSSL_cleanse(secret.data(), secret.size());
  return key;
}

std::uint64_t cost_of(const Json& kdf, std::string_view where) {
  const auto& parameters = base::require_object(kdf, "params", where);
  const auto cost = base::require_integer(parameters, "N", where);
  const bool known = std::find(known_costs.begin(), known_costs.end(), cost) != known_costs.end();
  if (base::require_string(kdf, "name", where) != "scrypt" || !known ||
      base::require_integer(parameters, "r", where) != 8 ||
      base::require_integer(parameters, "p", where) != 1) {
    throw Error(ErrorKind::input, std::string(where) +
                                      ": the key is sealed with other parameters than cosign's (scrypt with "
                                      "N 32768, 65536 or 131072, r 8, p 1); make it again with cosign");
  }
  return static_cast<std::uint64_t>(cost);
}

std::string sized_base64(const Json& object, std::string_view key, std::size_t size, std::string_view where) {
  auto bytes = base::from_base64(base::require_string(object, key, where));
  if (bytes.size() != size) {
    throw Error(ErrorKind::input, std::string(where) + ": '" + std::string(key) + "' has " +
                                      std::to_string(bytes.size()) + " bytes, expected " +
                                      std::to_string(size));
  }
  return bytes;
}

}  // namespace

std::string open_sealed_key(std::string_view json, std::string_view password, std::string_view where) {
  const auto document = base::parse_json(json, where);
  const auto& kdf = base::require_object(document, "kdf", where);
  const auto& cipher = base::require_object(document, "cipher", where);
  const auto cost = cost_of(kdf, where);
  const auto salt = sized_base64(kdf, "salt", salt_size, where);
  if (base::require_string(cipher, "name", where) != "nacl/secretbox") {
    throw Error(ErrorKind::input, std::string(where) + ": the key is not in a nacl/secretbox");
  }
  const auto nonce = sized_base64(cipher, "nonce", secretbox_nonce_size, where);
  const auto box = base::from_base64(base::require_string(document, "ciphertext", where));
  std::string key = scrypt(password, salt, cost);
  auto der = open_secretbox(box, nonce, key);
  OPENSSL_cleanse(key.data(), key.size());
  if (!der) {
    throw Error(ErrorKind::precondition,
                std::string(where) + ": the password does not open this key (or the file is damaged)");
  }
  return *std::move(der);
}

std::string seal_key(std::string_view der, std::string_view password) {
  const auto salt = random_bytes(salt_size);
  const auto nonce = random_bytes(secretbox_nonce_size);
  std::string key = scrypt(password, salt, written_cost);
  const auto box = seal_secretbox(der, nonce, key);
  OPENSSL_cleanse(key.data(), key.size());
  const base::OrderedJson document{
      {"kdf",
       {{"name", "scrypt"},
        {"params", {{"N", written_cost}, {"r", 8}, {"p", 1}}},
        {"salt", base::to_base64(salt)}}},
      {"cipher", {{"name", "nacl/secretbox"}, {"nonce", base::to_base64(nonce)}}},
      {"ciphertext", base::to_base64(box)}};
  return document.dump();
}

}  // namespace crypto
