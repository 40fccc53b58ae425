#include "base/digest.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace base {
namespace {

bool is_lower_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

Digest Digest::parse(std::string_view text) {
  const auto colon = text.find(':');
  const auto algorithm = text.substr(0, colon);
  const auto hex = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  const std::size_t digits = algorithm == "sha256" ? 64 : algorithm == "sha512" ? 128 : 0;
  if (digits == 0 || hex.size() != digits || !is_lower_hex(hex)) {
    throw Error(ErrorKind::input,
                "'" + std::string(text.substr(0, 200)) +
                    "' is not a digest; expected sha256: and 64 lower-case hexadecimal digits");
  }
  return Digest(std::string(text));
}

Digest Digest::sha256(std::string_view hex) {
  return parse("sha256:" + std::string(hex));
}

}  // namespace base
