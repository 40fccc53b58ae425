#include "crypto/hash.hpp"

#include "base/encoding.hpp"
#include "support/catch.hpp"

using crypto::HashAlgorithm;

// FIPS 180-4 and RFC 1321 give these for "abc".
TEST_CASE("hashes of the published example") {
  CHECK(crypto::sha256("abc").text() ==
        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(base::to_hex(crypto::hash(HashAlgorithm::sha384, "abc")) ==
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
        "8086072ba1e7cc2358baeca134c825a7");
  CHECK(base::to_hex(crypto::hash(HashAlgorithm::sha512, "abc")) ==
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
  CHECK(base::to_hex(crypto::hash(HashAlgorithm::md5, "abc")) == "900150983cd24fb0d6963f7d28e17f72");
}

TEST_CASE("a hash in pieces is the hash of the whole") {
  crypto::Sha256 hash;
  hash.update("");
  hash.update("a");
  hash.update("bc");
  CHECK(hash.finish() == crypto::sha256("abc"));
  CHECK(crypto::Sha256().finish() == crypto::sha256(""));
}
