// Content that must have the digest and the size that its descriptor says.
//
// Errors: Error{input} "…: expected sha256:…, received …".   Threads: an object belongs to one thread.
#pragma once

#include <string_view>

#include "crypto/hash.hpp"
#include "http/message.hpp"
#include "oci/manifest.hpp"

namespace oci {

// The largest manifest or index that is read.
inline constexpr std::uint64_t most_manifest_bytes = std::uint64_t{8} << 20U;

// Content that passes by piece by piece.
class ContentCheck {
 public:
  // `subject` is copied.
  explicit ContentCheck(const Descriptor& subject);

  // Also an Error as soon as there is more than the descriptor says.
  void update(std::string_view bytes);
  void finish();
  void restart();

 private:
  Descriptor expected_;
  crypto::Hash hash_;
  std::uint64_t received_ = 0;
};

void check_content(const base::Digest& expected, std::string_view bytes, std::string_view what);

// A BodySource of the bytes.
http::BodySource bytes_source(std::string bytes);

}  // namespace oci
