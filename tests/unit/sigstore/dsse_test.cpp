#include "sigstore/dsse.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

// The example of DSSE's protocol.md.
TEST_CASE("the pre-authentication encoding is the specification's") {
  CHECK(sigstore::pre_authentication_encoding("http://example.com/HelloWorld", "hello world") ==
        "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  CHECK(sigstore::pre_authentication_encoding("", "") == "DSSEv1 0  0 ");
}

TEST_CASE("an envelope verifies under the key that signed it, for its own type and payload only") {
  const auto key = crypto::PrivateKey::generate();
  const std::vector<sigstore::TrustedKey> keys{{"k", key.public_key()}};
  const auto signature = key.sign(sigstore::pre_authentication_encoding(sigstore::in_toto_type, "payload"));
  sigstore::Checklist checks;
  const sigstore::UnverifiedEnvelope good{std::string(sigstore::in_toto_type), "payload", signature};
  CHECK(sigstore::verify_envelope(good, keys, checks).bytes() == "payload");

  auto other = good;
  other.payload = "payload ";
  CHECK_THROWS_AS(sigstore::verify_envelope(other, keys, checks), base::Error);
  CHECK(checks.current() == sigstore::Check::signature);
  other = good;
  other.payload_type = "text/plain";
  CHECK_THROWS_AS(sigstore::verify_envelope(other, keys, checks), base::Error);
  CHECK(checks.current() == sigstore::Check::payload_type);
  CHECK_THROWS_AS(sigstore::verify_envelope(good, {}, checks), base::Error);
}

TEST_CASE("bytes signed without the encoding are no envelope") {
  const auto key = crypto::PrivateKey::generate();
  const std::vector<sigstore::TrustedKey> keys{{"k", key.public_key()}};
  sigstore::Checklist checks;
  const sigstore::UnverifiedEnvelope raw{std::string(sigstore::in_toto_type), "payload", key.sign("payload")};
  CHECK_THROWS_AS(sigstore::verify_envelope(raw, keys, checks), base::Error);
  CHECK(sigstore::verify_signed_bytes("payload", raw.signature, keys, checks).bytes() == "payload");
}
