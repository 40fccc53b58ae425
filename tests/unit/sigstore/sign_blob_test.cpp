#include <cstdlib>

#include "base/files.hpp"
#include "crypto/file_hash.hpp"
#include "sigstore/sign.hpp"
#include "support/catch.hpp"

// Hidden: tests/integration/test_cosign.py runs it to hand the bundle to cosign.
TEST_CASE("sign the file BLOB with KEY into BUNDLE", "[.sign-blob]") {
  const auto key = crypto::PrivateKey::load(std::getenv("KEY"), std::getenv("COSIGN_PASSWORD"));
  const auto digest = crypto::hash_file(std::getenv("BLOB")).digest;
  base::write_file(std::getenv("BUNDLE"), sigstore::sign_blob(digest, key));
}
