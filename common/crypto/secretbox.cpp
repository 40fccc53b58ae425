#include "crypto/secretbox.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <bit>
#include <cstdint>
#include <memory>

#include "base/error.hpp"

namespace crypto {
namespace {

using base::Error;
using base::ErrorKind;

using Words = std::array<std::uint32_t, 16>;

constexpr std::size_t tag_size = 16;
constexpr std::size_t block_size = 64;
// "expand 32-byte k" in little-endian words.
constexpr std::array<std::uint32_t, 4> sigma{0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

std::uint32_t load_word(std::string_view bytes, std::size_t at) {
  std::uint32_t word = 0;
  for (std::size_t i = 4; i-- > 0;) word = word << 8U | static_cast<unsigned char>(bytes[at + i]);
  return word;
}

void append_word(std::string& bytes, std::uint32_t word) {
  for (unsigned shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(word >> shift & 0xFFU);
}

void quarter_round(std::uint32_t& a, std::uint32_t& b, std::uint32_t& c, std::uint32_t& d) {
  b ^= std::rotl(a + d, 7);
  c ^= std::rotl(b + a, 9);
  d ^= std::rotl(c + b, 13);
  a ^= std::rotl(d + c, 18);
}

// The Salsa20 core without its final addition.
Words twenty_rounds(Words x) {
  for (int round = 0; round < 20; round += 2) {
    quarter_round(x[0], x[4], x[8], x[12]);
    quarter_round(x[5], x[9], x[13], x[1]);
    quarter_round(x[10], x[14], x[2], x[6]);
    quarter_round(x[15], x[3], x[7], x[11]);
    quarter_round(x[0], x[1], x[2], x[3]);
    quarter_round(x[5], x[6], x[7], x[4]);
    quarter_round(x[10], x[11], x[8], x[9]);
    quarter_round(x[15], x[12], x[13], x[14]);
  }
  return x;
}

// The input of the core: constants on the diagonal, the key around them, `middle` (16 bytes) in the middle.
Words initial_state(std::string_view key, std::string_view middle) {
  Words state{};
  for (std::size_t i = 0; i < 4; ++i) {
    state[i * 5] = sigma[i];
    state[1 + i] = load_word(key, 4 * i);
    state[11 + i] = load_word(key, 16 + 4 * i);
    state[6 + i] = load_word(middle, 4 * i);
  }
  return state;
}

// HSalsa20: the key for the second half of the long nonce.
std::string derived_key(std::string_view key, std::string_view nonce) {
  const Words state = twenty_rounds(initial_state(key, nonce.substr(0, 16)));
  std::string derived;
  for (const std::size_t i : {0U, 5U, 10U, 15U, 6U, 7U, 8U, 9U}) append_word(derived, state[i]);
  return derived;
}

// `size` bytes of the XSalsa20 key stream.
std::string key_stream(std::string_view key, std::string_view nonce, std::size_t size) {
  std::string subkey = derived_key(key, nonce);
  std::string stream;
  stream.reserve(size + block_size);
  for (std::uint64_t block = 0; stream.size() < size; ++block) {
    std::string middle(nonce.substr(16, 8));
    append_word(middle, static_cast<std::uint32_t>(block));
    append_word(middle, static_cast<std::uint32_t>(block >> 32U));
    const Words before = initial_state(subkey, middle);
    const Words after = twenty_rounds(before);
    for (std::size_t i = 0; i < before.size(); ++i) append_word(stream, before[i] + after[i]);
  }
  OPENSSL_cleanse(subkey.data(), subkey.size());
  stream.resize(size);
  return stream;
}

void check(int result) {
  if (result != 1) throw Error(ErrorKind::internal, "OpenSSL cannot compute Poly1305");
}

std::string poly1305(std::string_view key, std::string_view bytes) {
  const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> method(EVP_MAC_fetch(nullptr, "POLY1305", nullptr),
                                                                 &EVP_MAC_free);
  const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context(EVP_MAC_CTX_new(method.get()),
                                                                          &EVP_MAC_CTX_free);
  if (!context) check(0);
  const auto* key_bytes = reinterpret_cast<const unsigned char*>(key.data());
  const auto* message = reinterpret_cast<const unsigned char*>(bytes.data());
  std::array<unsigned char, tag_size> tag{};
  std::size_t size = 0;
  check(EVP_MAC_init(context.get(), key_bytes, key.size(), nullptr));
  check(EVP_MAC_update(context.get(), message, bytes.size()));
  check(EVP_MAC_final(context.get(), tag.data(), &size, tag.size()));
  return std::string(tag.begin(), tag.end());
}

std::string exclusive_or(std::string_view bytes, std::string_view stream) {
  std::string result(bytes);
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = static_cast<char>(result[i] ^ stream[i]);
  return result;
}

void require_sizes(std::string_view nonce, std::string_view key) {
  if (nonce.size() != secretbox_nonce_size || key.size() != secretbox_key_size) {
    throw Error(ErrorKind::usage, "a secretbox needs a nonce of 24 bytes and a key of 32");
  }
}

// The first 32 bytes of the key stream are the key of the authenticator, the rest hides the message.
constexpr std::size_t mac_key_size = 32;

}  // namespace

std::string seal_secretbox(std::string_view message, std::string_view nonce, std::string_view key) {
  require_sizes(nonce, key);
  std::string stream = key_stream(key, nonce, mac_key_size + message.size());
  const std::string hidden = exclusive_or(message, std::string_view(stream).substr(mac_key_size));
  std::string box = poly1305(std::string_view(stream).substr(0, mac_key_size), hidden) + hidden;
  OPENSSL_cleanse(stream.data(), stream.size());
  return box;
}

std::optional<std::string> open_secretbox(std::string_view box, std::string_view nonce,
                                          std::string_view key) {
  require_sizes(nonce, key);
  if (box.size() < tag_size) return std::nullopt;
  const auto hidden = box.substr(tag_size);
  std::string stream = key_stream(key, nonce, mac_key_size + hidden.size());
  const std::string tag = poly1305(std::string_view(stream).substr(0, mac_key_size), hidden);
  std::optional<std::string> message;
  if (CRYPTO_memcmp(tag.data(), box.data(), tag_size) == 0) {
    message = exclusive_or(hidden, std::string_view(stream).substr(mac_key_size));
  }
  OPENSSL_cleanse(stream.data(), stream.size());
  return message;
}

}  // namespace crypto
