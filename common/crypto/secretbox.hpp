// NaCl's secretbox (XSalsa20 and Poly1305), which seals cosign's private keys. OpenSSL does not have it.
//
// Sources: D. J. Bernstein, "Extending the Salsa20 nonce" (2011); "Cryptography in NaCl", section 9.
//
// Errors: Error{usage} for a key or nonce of a wrong size. A box that does not open is an answer (missing).
// Threads: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace crypto {

inline constexpr std::size_t secretbox_key_size = 32;
inline constexpr std::size_t secretbox_nonce_size = 24;

// The authenticator (16 bytes) and the ciphertext. A nonce must never be used twice with one key.
std::string seal_secretbox(std::string_view message, std::string_view nonce, std::string_view key);
// The message; missing if the box was not sealed with this key and nonce, or was changed since.
std::optional<std::string> open_secretbox(std::string_view box, std::string_view nonce, std::string_view key);

}  // namespace crypto
