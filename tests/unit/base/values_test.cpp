// Digest, encodings, clock, error, log.
#include <sys/types.h>

#include "base/clock.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "support/catch.hpp"

TEST_CASE("a digest is exactly algorithm and lower-case hexadecimal") {
  const std::string hex(64, 'a');
  CHECK(base::Digest::parse("sha256:" + hex).hex() == hex);
  CHECK(base::Digest::parse("sha512:" + hex + hex).algorithm() == "sha512");
  for (const auto& text : {std::string("sha256:" + hex + "a"), "sha256:" + std::string(64, 'A'),
                           std::string("md5:abc"), std::string("sha256"), std::string("")}) {
    CHECK_THROWS_AS(base::Digest::parse(text), base::Error);
  }
}

TEST_CASE("base64 is strict") {
  for (const std::string bytes : {"", "f", "fo", "foo", "foob", "fooba", "foobar"}) {
    CHECK(base::from_base64(base::to_base64(bytes)) == bytes);
  }
  CHECK(base::to_base64("foob") == "Zm9vYg==");
  for (const char* text : {"Zg", "Zg=", "Zh==", "Z g=", "====", "Zg==Zg==", "Zg-_"}) {
    CHECK_THROWS_AS(base::from_base64(text), base::Error);
  }
  CHECK(base::from_hex("00ff") == std::string("\0\xFF", 2));
  CHECK_THROWS_AS(base::from_hex("0G"), base::Error);
}

TEST_CASE("times are RFC 3339 in UTC") {
  const auto time = base::parse_rfc3339("2026-11-22T01:02:03Z");
  CHECK(base::rfc3339(time) == "2026-11-22T01:02:03Z");
  CHECK(base::rfc3339(base::parse_rfc3339("2026-11-22T03:02:03.045+02:00")) == "2026-11-22T01:02:03.045Z");
  for (const char* text :
       {"", "2026-11-22", "2026-13-22T01:02:03Z", "2026-11-22T01:02:03", "2026-02-30T01:02:03Z"}) {
    CHECK_THROWS_AS(base::parse_rfc3339(text), base::Error);
  }
}

TEST_CASE("context is put in front and the kind stays") {
  try {
    base::in_context("pushing x", [] { throw base::Error(base::ErrorKind::unavailable, "GET y: 503"); });
    FAIL("no error");
  } catch (const base::Error& error) {
    CHECK(error.message() == "pushing x: GET y: 503");
    CHECK(error.kind() == base::ErrorKind::unavailable);
  }
}

TEST_CASE("secrets are hidden in every form") {
  base::add_secret("s3cr/t pass");
  CHECK(base::redact("a s3cr/t pass b") == "a *** b");
  CHECK(base::redact("x " + base::to_base64("s3cr/t pass")) == "x ***");
  CHECK(base::redact("x s3cr%2Ft%20pass") == "x ***");
  CHECK(base::redact_url("https://user:word@host/p?X-Amz-Signature=abc&part=2") ==
        "https://host/p?X-Amz-Signature=***&part=2");
  CHECK(base::redact_url("https://host/a@b") == "https://host/a@b");
}
