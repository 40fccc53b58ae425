#include "crypto/secretbox.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "support/catch.hpp"

namespace {

// The example of "Cryptography in NaCl", section 10.
const std::string key = base::from_hex("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389");
const std::string nonce = base::from_hex("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37");
const std::string message = base::from_hex(
    "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296c"
    "dc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde0489"
    "77eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705");
const std::string box = base::from_hex(
    "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0"
    "dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae9022"
    "4368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5");

}  // namespace

TEST_CASE("a secretbox is NaCl's") {
  CHECK(base::to_hex(crypto::seal_secretbox(message, nonce, key)) == base::to_hex(box));
  CHECK(crypto::open_secretbox(box, nonce, key) == message);
}

TEST_CASE("messages of any length come back") {
  for (const std::size_t size : {0U, 1U, 31U, 32U, 33U, 64U, 1000U}) {
    const std::string text(size, 'm');
    CHECK(crypto::open_secretbox(crypto::seal_secretbox(text, nonce, key), nonce, key) == text);
  }
}

TEST_CASE("a changed box, nonce or key does not open") {
  for (std::size_t i = 0; i < box.size(); i += 7) {
    auto changed = box;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CHECK_FALSE(crypto::open_secretbox(changed, nonce, key));
  }
  auto other = nonce;
  other[20] = static_cast<char>(other[20] ^ 1);
  CHECK_FALSE(crypto::open_secretbox(box, other, key));
  other = key;
  other[0] = static_cast<char>(other[0] ^ 1);
  CHECK_FALSE(crypto::open_secretbox(box, nonce, other));
  CHECK_FALSE(crypto::open_secretbox("short", nonce, key));
}

TEST_CASE("wrong sizes are errors") {
  CHECK_THROWS_AS(crypto::seal_secretbox("m", "nonce", key), base::Error);
  CHECK_THROWS_AS(crypto::open_secretbox(box, nonce, "key"), base::Error);
}
