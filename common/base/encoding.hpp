// Hexadecimal and base64 (RFC 4648, standard alphabet with padding).
//
// Decoding is strict: a stray character, missing padding or non-zero trailing bits is an Error{input},
// because two encodings of the same bytes must not pass for two different values.
#pragma once

#include <string>
#include <string_view>

namespace base {

std::string to_hex(std::string_view bytes);
std::string from_hex(std::string_view text);
std::string to_base64(std::string_view bytes);
std::string from_base64(std::string_view text);

}  // namespace base
