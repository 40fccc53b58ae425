#include "sigstore/bundle.hpp"

#include <cstdlib>

#include "crypto/hash.hpp"
#include "fuzz/fuzz.hpp"
#include "sigstore/verify.hpp"

namespace {

// A trusted key that signed nothing: no input may verify under it.
const sigstore::Policy& policy() {
  static const sigstore::Policy made{.keys = {{"key", crypto::PrivateKey::generate().public_key()}}};
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = fuzz::text(data, size);
  fuzz::expect_value_or_error([&] {
    const sigstore::BlobDigests blob{crypto::sha256(bytes), std::nullopt, std::nullopt};
    const auto outcome = sigstore::verify_blob(blob, bytes, "bundle", policy());
    if (std::holds_alternative<sigstore::Verified>(outcome)) std::abort();
  });
  return 0;
}
