#include "base/encoding.hpp"
#include "base/files.hpp"
#include "fixtures.hpp"
#include "peer_vectors.hpp"
#include "sigstore/sign.hpp"

using fixtures::trusting;
using fixtures::verdict;
using fixtures::with;
using fixtures::without;

namespace {

const sigstore::BlobDigests hello{crypto::sha256("hello\n"), std::nullopt, std::nullopt};

sigstore::Outcome verify(const std::string& bundle, const sigstore::BlobDigests& blob = hello) {
  return sigstore::verify_blob(blob, bundle, "b.json", trusting(vectors::cosign_public));
}

}  // namespace

TEST_CASE("a blob that cosign signed verifies") {
  const auto outcome = verify(vectors::blob_bundle);
  REQUIRE(fixtures::holds(outcome));
  const auto& verified = std::get<sigstore::Verified>(outcome);
  CHECK(verified.digest() == crypto::sha256("hello\n"));
  REQUIRE(verified.signatures().size() == 1);
  CHECK(verified.signatures()[0].place == "b.json");
  CHECK(verified.signatures()[0].signer == "test.pub");
}

TEST_CASE("a blob that we signed verifies") {
  const auto key = crypto::PrivateKey::generate();
  const auto bundle = sigstore::sign_blob(hello.sha256, key);
  CHECK(verdict(sigstore::verify_blob(hello, bundle, "b", trusting(key))) == "verified");
  CHECK(verdict(sigstore::verify_blob(hello, bundle, "b", trusting(crypto::PrivateKey::generate()))) == "12");
}

TEST_CASE("any one of the trusted keys is enough, and none is a usage error") {
  auto policy = trusting(crypto::PrivateKey::generate());
  policy.keys.push_back({"cosign.pub", crypto::PublicKey::from_pem(vectors::cosign_public, "")});
  const auto outcome = sigstore::verify_blob(hello, vectors::blob_bundle, "b", policy);
  REQUIRE(fixtures::holds(outcome));
  CHECK(std::get<sigstore::Verified>(outcome).signatures()[0].signer == "cosign.pub");
  CHECK_THROWS_AS(sigstore::verify_blob(hello, vectors::blob_bundle, "b", {}), base::Error);
}

TEST_CASE("another blob is refused at the digest that the bundle names, or at the signature") {
  const sigstore::BlobDigests other{crypto::sha256("hello!\n"), std::nullopt, std::nullopt};
  CHECK(verdict(verify(vectors::blob_bundle, other)) == "18");
  CHECK(verdict(verify(without(vectors::blob_bundle, "/messageSignature", "messageDigest"), other)) == "12");
  CHECK(verdict(verify(without(vectors::blob_bundle, "/messageSignature", "messageDigest"))) == "verified");
}

TEST_CASE("each malformed bundle is refused at its check") {
  const auto& good = vectors::blob_bundle;
  CHECK(verdict(verify(std::string((32U << 20U) + 1U, ' '))) == "2");
  CHECK(verdict(verify("")) == "3");
  CHECK(verdict(verify("{}")) == "4");
  CHECK(verdict(verify("[]")) == "4");
  CHECK(verdict(verify(good + "x")) == "3");
  CHECK(verdict(verify("{\"mediaType\":\"a\"," + good.substr(1))) == "3");
  CHECK(verdict(verify(with(good, "/mediaType", "application/json"))) == "4");
  CHECK(verdict(verify(with(good, "/extra", 1))) == "5");
  CHECK(verdict(verify(with(good, "/verificationMaterial/extra", 1))) == "5");
  CHECK(verdict(verify(with(good, "/messageSignature/extra", 1))) == "5");
  CHECK(verdict(verify(without(good, "/verificationMaterial", "publicKey"))) == "6");
  CHECK(verdict(verify(with(good, "/verificationMaterial/tlogEntries", 7))) == "7");
  CHECK(verdict(verify(without(good, "", "messageSignature"))) == "8");
  CHECK(verdict(verify(with(good, "/dsseEnvelope", base::Json::object()))) == "8");
  CHECK(verdict(verify(with(good, "/messageSignature/signature", "?"))) == "10");
  CHECK(verdict(verify(with(good, "/messageSignature/messageDigest/algorithm", "MD5"))) == "18");
}

TEST_CASE("a bundle with a certificate is not for a key") {
  const auto bundle = with(vectors::blob_bundle, "/verificationMaterial/certificate", {{"rawBytes", "AAAA"}});
  const auto outcome = verify(bundle);
  CHECK(verdict(outcome) == "6");
  CHECK(fixtures::first_detail(outcome).find("carries a certificate") != std::string::npos);
}

TEST_CASE("log entries are counted and said not to be consulted") {
  auto entries = base::Json::array();
  for (int i = 0; i < 32; ++i) entries.push_back(base::Json::object());
  const auto outcome = verify(with(vectors::blob_bundle, "/verificationMaterial/tlogEntries", entries));
  REQUIRE(fixtures::holds(outcome));
  const auto notes = std::get<sigstore::Verified>(outcome).signatures()[0].notes;
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].find("the log was not consulted") != std::string::npos);
  entries.push_back(base::Json::object());
  CHECK(verdict(verify(with(vectors::blob_bundle, "/verificationMaterial/tlogEntries", entries))) == "7");
}

TEST_CASE("the hint decides nothing") {
  CHECK(verdict(verify(with(vectors::blob_bundle, "/verificationMaterial/publicKey/hint", "other"))) ==
        "verified");
}

TEST_CASE("a demand that a blob's bundle cannot meet is refused") {
  auto policy = trusting(vectors::cosign_public);
  policy.annotations["env"] = "prod";
  CHECK(verdict(sigstore::verify_blob(hello, vectors::blob_bundle, "b", policy)) == "16");
  policy = trusting(vectors::cosign_public);
  policy.reference = "registry.example/app";
  CHECK(verdict(sigstore::verify_blob(hello, vectors::blob_bundle, "b", policy)) == "17");
}

TEST_CASE("a file is hashed for the keys that are trusted") {
  const base::TemporaryDirectory directory;
  base::write_file(directory.path() / "f", "hello\n");
  const auto keys = trusting(vectors::cosign_public).keys;
  const auto digests = sigstore::hash_blob(directory.path() / "f", keys);
  CHECK(digests.sha256 == hello.sha256);
  CHECK_FALSE(digests.sha384);
  CHECK_FALSE(digests.sha512);
}

TEST_CASE("every changed leaf and byte of a blob's bundle is refused") {
  const auto& good = vectors::blob_bundle;
  for (const auto& each : fixtures::mutations(good, {"/verificationMaterial/publicKey/hint"})) {
    // The digest may be absent; it is redundant.
    if (each.what == "/messageSignature/messageDigest = null") continue;
    CAPTURE(each.what);
    CHECK_FALSE(fixtures::holds(verify(each.json)));
  }
  const std::string hint = "N3vE4uLQFMepB3gK4urD8a1AiCwjbSl2jZTMf7k96Ts=";
  for (const auto& each : fixtures::flipped_bytes(good, 1, hint)) {
    CAPTURE(each.what);
    CHECK_FALSE(fixtures::holds(verify(each.json)));
  }
}
