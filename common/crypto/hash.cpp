#include "crypto/hash.hpp"

#include <openssl/evp.h>

#include <array>

#include "base/encoding.hpp"
#include "base/error.hpp"

namespace crypto {
namespace {

using base::Error;
using base::ErrorKind;

const EVP_MD* method(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::sha256:
      return EVP_sha256();
    case HashAlgorithm::sha384:
      return EVP_sha384();
    case HashAlgorithm::sha512:
      return EVP_sha512();
    case HashAlgorithm::md5:
      return EVP_md5();
  }
  return EVP_sha256();
}

void check(int result) {
  if (result != 1) throw Error(ErrorKind::internal, "OpenSSL cannot compute this hash");
}

}  // namespace

struct Hash::State {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

Hash::Hash(HashAlgorithm algorithm) : state_(std::make_unique<State>()) {
  check(EVP_DigestInit_ex(state_->context.get(), method(algorithm), nullptr));
}
Hash::Hash(Hash&&) noexcept = default;
Hash& Hash::operator=(Hash&&) noexcept = default;
Hash::~Hash() = default;

void Hash::update(std::string_view bytes) {
  check(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()));
}

std::string Hash::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> buffer{};
  unsigned int size = 0;
  check(EVP_DigestFinal_ex(state_->context.get(), buffer.data(), &size));
  return std::string(buffer.begin(), buffer.begin() + size);
}

base::Digest Sha256::finish() {
  return base::Digest::sha256(base::to_hex(hash_.finish()));
}

std::string hash(HashAlgorithm algorithm, std::string_view bytes) {
  Hash state(algorithm);
  state.update(bytes);
  return state.finish();
}

base::Digest sha256(std::string_view bytes) {
  return base::Digest::sha256(base::to_hex(hash(HashAlgorithm::sha256, bytes)));
}

}  // namespace crypto
