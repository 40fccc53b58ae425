#include "crypto/sealed_key.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "support/catch.hpp"

using base::ErrorKind;

namespace {

ErrorKind failure(const base::Json& document) {
  try {
    crypto::open_sealed_key(document.dump(), "pw", "k");
  } catch (const base::Error& error) {
    return error.kind();
  }
  FAIL("opened");
  return ErrorKind::internal;
}

}  // namespace

TEST_CASE("sealed bytes come back with the password") {
  const auto json = crypto::seal_key("the key", "pw");
  CHECK(crypto::open_sealed_key(json, "pw", "k") == "the key");
  CHECK(json != crypto::seal_key("the key", "pw"));
  CHECK_THROWS_AS(crypto::open_sealed_key(json, "pw2", "k"), base::Error);
}

TEST_CASE("only cosign's parameters are accepted") {
  const auto good = base::parse_json(crypto::seal_key("the key", "pw"), "k");
  const auto with = [&](const char* pointer, const base::Json& value) {
    auto changed = good;
    changed[base::Json::json_pointer(pointer)] = value;
    return failure(changed);
  };
  CHECK(with("/kdf/name", "argon2") == ErrorKind::input);
  CHECK(with("/kdf/params/N", 1073741824) == ErrorKind::input);
  CHECK(with("/kdf/params/N", 2) == ErrorKind::input);
  CHECK(with("/kdf/params/N", "65536") == ErrorKind::input);
  CHECK(with("/kdf/params/r", 9) == ErrorKind::input);
  CHECK(with("/kdf/params/p", 100) == ErrorKind::input);
  CHECK(with("/kdf/salt", "AAAA") == ErrorKind::input);
  CHECK(with("/cipher/name", "none") == ErrorKind::input);
  CHECK(with("/cipher/nonce", "AAAA") == ErrorKind::input);
  CHECK(with("/ciphertext", "not base64!") == ErrorKind::input);
  CHECK(with("/ciphertext", "AAAA") == ErrorKind::precondition);
  CHECK(failure(base::Json::object()) == ErrorKind::input);
  CHECK(failure(base::Json::array()) == ErrorKind::input);
}
