// Digest: the name of some bytes, as OCI writes it ("sha256:" and 64 lower-case hexadecimal digits).
//
// Only sha256 and sha512 exist here. Computing one is crypto/hash.hpp's work; this is the value.
//
// Errors: Error{input} quoting the offending text.   Threads: values.
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace base {

class Digest {
 public:
  // `text` is "sha256:HEX" or "sha512:HEX"; anything else is an Error.
  static Digest parse(std::string_view text);
  // `hex` is 64 lower-case digits.
  static Digest sha256(std::string_view hex);

  std::string_view algorithm() const { return std::string_view(text_).substr(0, colon()); }
  std::string_view hex() const { return std::string_view(text_).substr(colon() + 1); }
  const std::string& text() const { return text_; }

  friend auto operator<=>(const Digest&, const Digest&) = default;
  friend bool operator==(const Digest&, const Digest&) = default;

 private:
  explicit Digest(std::string text) : text_(std::move(text)) {}
  std::size_t colon() const { return text_.find(':'); }

  std::string text_;
};

}  // namespace base
