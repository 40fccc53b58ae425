#include "crypto/key.hpp"

#include <sys/stat.h>

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/files.hpp"
#include "key_vectors.hpp"
#include "support/catch.hpp"

using base::ErrorKind;
using crypto::HashAlgorithm;
using crypto::KeyType;
using crypto::PrivateKey;
using crypto::PublicKey;

namespace {

struct Case {
  KeyType type;
  std::string pem;
  std::string signature;
};

const std::vector<Case> cases{
    {KeyType::p256, vectors::p256_public, vectors::p256_signature},
    {KeyType::p384, vectors::p384_public, vectors::p384_signature},
    {KeyType::p521, vectors::p521_public, vectors::p521_signature},
    {KeyType::rsa, vectors::rsa2048_public, vectors::rsa2048_signature},
    {KeyType::ed25519, vectors::ed25519_public, vectors::ed25519_signature},
};

// The kind of the error, which must mention `word`.
template <class Action>
ErrorKind failure(Action&& action, const std::string& word) {
  try {
    action();
  } catch (const base::Error& error) {
    CAPTURE(error.message());
    CHECK(error.message().find(word) != std::string::npos);
    return error.kind();
  }
  FAIL("no error");
  return ErrorKind::internal;
}

}  // namespace

TEST_CASE("a public key verifies what openssl signed, and nothing else") {
  for (const auto& each : cases) {
    CAPTURE(to_string(each.type));
    const auto key = PublicKey::from_pem(each.pem, "test");
    auto signature = base::from_base64(each.signature);
    CHECK(key.type() == each.type);
    CHECK(key.verify("a message", signature));
    CHECK_FALSE(key.verify("another message", signature));
    CHECK_FALSE(key.verify("a message", ""));
    CHECK_FALSE(key.verify("a message", "garbage"));
    signature[signature.size() / 2] = static_cast<char>(signature[signature.size() / 2] ^ 1);
    CHECK_FALSE(key.verify("a message", signature));
  }
}

TEST_CASE("a digest stands for the message, except with Ed25519") {
  for (const auto& each : cases) {
    CAPTURE(to_string(each.type));
    const auto key = PublicKey::from_pem(each.pem, "test");
    const auto digest = crypto::hash(key.hash_algorithm(), "a message");
    CHECK(key.verify_digest(key.hash_algorithm(), digest, base::from_base64(each.signature)) ==
          (each.type != KeyType::ed25519));
    CHECK_FALSE(key.verify_digest(key.hash_algorithm(), crypto::hash(key.hash_algorithm(), "b"),
                                  base::from_base64(each.signature)));
  }
}

TEST_CASE("a key on P-384 verifies over SHA-256 only when asked to") {
  const auto key = PublicKey::from_pem(vectors::p384_public, "test");
  const auto signature = base::from_base64(vectors::p384_signature_sha256);
  CHECK_FALSE(key.verify("a message", signature));
  CHECK(key.verify_with(HashAlgorithm::sha256, "a message", signature));
}

TEST_CASE("the PEM form comes back as it was, the fingerprint is of the DER form") {
  for (const auto& each : cases) CHECK(PublicKey::from_pem(each.pem, "test").pem() == each.pem);
  const auto key = PublicKey::from_pem(vectors::cosign_public, "test");
  // The hint that cosign wrote in a bundle signed with this key.
  CHECK(base::to_base64(base::from_hex(key.fingerprint().hex())) ==
        "N3vE4uLQFMepB3gK4urD8a1AiCwjbSl2jZTMf7k96Ts=");
  CHECK(key == PublicKey::from_pem("\n" + vectors::cosign_public + "\n\n", "test"));
}

TEST_CASE("other keys are refused") {
  const auto refused = [](const std::string& pem, const std::string& word) {
    return failure([&] { PublicKey::from_pem(pem, "key.pub"); }, word) == ErrorKind::input;
  };
  CHECK(refused("", "not a PEM file"));
  CHECK(refused("hello", "key.pub: not a PEM file"));
  CHECK(refused(vectors::rsa1024_public, "1024 bits"));
  CHECK(refused(vectors::secp256k1_public, "secp256k1"));
  CHECK(refused(vectors::x25519_public, "unsupported kind"));
  CHECK(refused(vectors::explicit_p256_public, "by their names"));
  CHECK(refused(vectors::p256_pkcs8, "type 'PRIVATE KEY', expected PUBLIC KEY"));
  CHECK(refused(vectors::p256_public + vectors::p384_public, "follows the first key"));
  CHECK(refused("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "no public key"));
}

TEST_CASE("a private key in every form signs what its public key verifies") {
  const auto expected = PublicKey::from_pem(vectors::p256_public, "test");
  for (const auto& pem : {vectors::p256_pkcs8, vectors::p256_ec, vectors::p256_encrypted}) {
    const auto key = PrivateKey::from_pem(pem, "secret", "test");
    CHECK(key.public_key() == expected);
    CHECK(expected.verify("text", key.sign("text")));
    CHECK(expected.verify("text", key.sign_digest(crypto::sha256("text"))));
    CHECK(key.sign("text") != key.sign("text"));
  }
}

TEST_CASE("a key of cosign opens with its password") {
  const auto key = PrivateKey::from_pem(vectors::cosign_key, "x", "cosign.key");
  CHECK(key.public_key() == PublicKey::from_pem(vectors::cosign_public, "cosign.pub"));
}

TEST_CASE("a wrong password is a precondition, not malformed input") {
  for (const auto& pem : {vectors::cosign_key, vectors::p256_encrypted}) {
    CHECK(failure([&] { PrivateKey::from_pem(pem, "wrong", "cosign.key"); }, "password") ==
          ErrorKind::precondition);
  }
}

TEST_CASE("private keys of other kinds are refused") {
  CHECK(failure([] { PrivateKey::from_pem(vectors::p384_pkcs8, "", "k"); }, "expected ECDSA P-256") ==
        ErrorKind::input);
  CHECK(failure([] { PrivateKey::from_pem(vectors::p256_public, "", "k"); }, "no private key") ==
        ErrorKind::input);
  CHECK(failure([] { PrivateKey::from_pem("nonsense", "", "k"); }, "not a PEM file") == ErrorKind::input);
}

TEST_CASE("a sealed key opens again with its password only") {
  const auto key = PrivateKey::generate();
  const auto pem = key.sealed_pem("secret");
  CHECK(pem.rfind("-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n", 0) == 0);
  CHECK(PrivateKey::from_pem(pem, "secret", "test").public_key() == key.public_key());
  CHECK_THROWS_AS(PrivateKey::from_pem(pem, "", "test"), base::Error);
  CHECK(PrivateKey::from_pem(key.sealed_pem(""), "", "test").public_key() == key.public_key());
}

TEST_CASE("a key pair is made once") {
  const base::TemporaryDirectory directory;
  const auto prefix = directory.path() / "cosign";
  const auto made = crypto::generate_key_pair(prefix, "pw");
  CHECK(PublicKey::load(directory.path() / "cosign.pub") == made);
  CHECK(PrivateKey::load(directory.path() / "cosign.key", "pw").public_key() == made);
  struct stat status {};
  REQUIRE(stat((directory.path() / "cosign.key").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
  CHECK(failure([&] { crypto::generate_key_pair(prefix, "pw"); }, "is there already") ==
        ErrorKind::precondition);

  SECTION("a killed run leaves the key without its .pub, which the next run adds") {
    std::filesystem::remove(directory.path() / "cosign.pub");
    CHECK(crypto::generate_key_pair(prefix, "pw") == made);
    CHECK(PublicKey::load(directory.path() / "cosign.pub") == made);
  }
}
