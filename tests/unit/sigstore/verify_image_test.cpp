#include "base/encoding.hpp"
#include "fixtures.hpp"
#include "image_fixture.hpp"
#include "peer_vectors.hpp"
#include "sigstore/statement.hpp"

using base::Json;
using fixtures::Image;
using fixtures::trusting;
using fixtures::verdict;

namespace {

const auto peer_digest = base::Digest::parse(vectors::image_digest);
const oci::Descriptor peer_image{
    .media_type = std::string(oci::media_type::oci_manifest), .digest = peer_digest, .size = 401};

sigstore::Outcome verify_peer(const Image& image, const sigstore::Policy& policy) {
  return sigstore::verify_image(*image.repository, peer_digest, policy);
}
sigstore::Outcome verify_peer_bundle(const std::string& bundle) {
  const Image image;
  image.attach(peer_image, bundle);
  return verify_peer(image, trusting(vectors::cosign_public));
}

// A bundle over `statement`, attached to the image and verified with `policy`.
std::string bundle_over(const std::string& statement, const crypto::PrivateKey& key) {
  return sigstore::write_bundle("", {{"dsseEnvelope", sigstore::sign_envelope(statement, key)}});
}

}  // namespace

TEST_CASE("an image that cosign signed verifies in either form") {
  const Image image;
  const auto policy = trusting(vectors::cosign_public);
  SECTION("bundle") {
    image.attach(peer_image, vectors::image_bundle);
  }
  SECTION("tag") {
    image.tag(peer_digest, vectors::image_claim, vectors::image_claim_signature);
  }
  const auto outcome = verify_peer(image, policy);
  REQUIRE(fixtures::holds(outcome));
  CHECK(std::get<sigstore::Verified>(outcome).digest() == peer_digest);
  CHECK(verdict(verify_peer(image, trusting(crypto::PrivateKey::generate()))) == "12");
}

TEST_CASE("an image without signatures has none, whatever else is attached") {
  const Image image;
  const auto policy = trusting(vectors::cosign_public);
  CHECK(verdict(image.verify(policy)) == "nothing found");
  image.attach(image.descriptor, "an SBOM", "application/spdx+json");
  CHECK(verdict(image.verify(policy)) == "nothing found");
}

TEST_CASE("a signature of another image is refused") {
  const Image image;
  image.attach(image.descriptor, vectors::image_bundle);
  image.tag(image.descriptor.digest, vectors::image_claim, vectors::image_claim_signature);
  const auto outcome = image.verify(trusting(vectors::cosign_public));
  CHECK(verdict(outcome) == "14 19");
  CHECK(fixtures::first_detail(outcome).find(vectors::image_digest) != std::string::npos);
}

TEST_CASE("an attestation is no image signature unless any predicate is wanted") {
  const Image image;
  const auto key = crypto::PrivateKey::generate();
  auto statement = Json::parse(sigstore::image_statement(image.descriptor.digest, {}));
  statement["predicateType"] = "https://spdx.dev/Document";
  image.attach(image.descriptor, bundle_over(statement.dump(), key));
  auto policy = trusting(key);
  CHECK(verdict(image.verify(policy)) == "15");
  policy.predicates = sigstore::Predicates::any;
  CHECK(verdict(image.verify(policy)) == "verified");
}

TEST_CASE("a message signature cannot vouch for an image") {
  const Image image;
  const auto key = crypto::PrivateKey::generate();
  image.attach(image.descriptor, sigstore::sign_blob(image.descriptor.digest, key));
  CHECK(verdict(image.verify(trusting(key))) == "8");
}

TEST_CASE("signed but malformed statements are refused at their checks") {
  const auto key = crypto::PrivateKey::generate();
  const auto refused = [&](const char* pointer, const Json& value) {
    const Image image;
    auto statement = Json::parse(sigstore::image_statement(image.descriptor.digest, {}));
    statement[Json::json_pointer(pointer)] = value;
    image.attach(image.descriptor, bundle_over(statement.dump(), key));
    return verdict(image.verify(trusting(key)));
  };
  CHECK(refused("/_type", "https://in-toto.io/Statement/v0.1") == "verified");
  CHECK(refused("/_type", "https://in-toto.io/Statement/v2") == "13");
  CHECK(refused("/_type", nullptr) == "13");
  CHECK(refused("/subject", nullptr) == "13");
  CHECK(refused("/subject", Json::array()) == "13");
  CHECK(refused("/subject", Json::array({nullptr})) == "13");
  CHECK(refused("/subject/0/digest", Json::object()) == "13");
  CHECK(refused("/subject/0/digest/sha256", 7) == "13");
  CHECK(refused("/subject/0/digest/sha256", std::string(64, '0')) == "14");
  CHECK(refused("/subject/0/digest", {{"gitCommit", std::string(40, '0')}}) == "14");
  CHECK(refused("/predicateType", 7) == "13");
  CHECK(refused("/predicateType", "") == "15");
}

TEST_CASE("a bundle with an envelope that breaks the rules is refused") {
  const auto& good = vectors::image_bundle;
  const auto payload = base::to_base64("{}");
  CHECK(verdict(verify_peer_bundle(good)) == "verified");
  CHECK(verdict(verify_peer_bundle(fixtures::with(good, "/dsseEnvelope/signatures", Json::array()))) == "9");
  CHECK(verdict(verify_peer_bundle(fixtures::with(
            good, "/dsseEnvelope/signatures/1", Json::parse(good)["dsseEnvelope"]["signatures"][0]))) == "9");
  CHECK(verdict(verify_peer_bundle(fixtures::with(good, "/dsseEnvelope/payloadType", "text/plain"))) == "11");
  CHECK(verdict(verify_peer_bundle(fixtures::with(good, "/dsseEnvelope/payload", payload))) == "12");
  CHECK(verdict(verify_peer_bundle(fixtures::with(good, "/dsseEnvelope/signatures/0/keyid", "any"))) ==
        "verified");
}

TEST_CASE("claims are read from verified bytes and in cosign's form only") {
  const auto key = crypto::PrivateKey::generate();
  const Image image;
  const auto digest = image.descriptor.digest;
  const auto refused = [&](const std::string& claim) {
    image.tag(digest, claim, base::to_base64(key.sign(claim)));
    return verdict(image.verify(trusting(key)));
  };
  const auto good = sigstore::write_claim(digest, "registry.example/team/app", {});
  CHECK(refused(good) == "verified");
  CHECK(refused("not JSON") == "20");
  CHECK(refused("{}") == "20");
  CHECK(refused(fixtures::with(good, "/critical/type", "atomic container signature")) == "20");
  CHECK(refused(fixtures::with(good, "/optional", "text")) == "20");
  CHECK(refused(fixtures::without(good, "/critical/image", "docker-manifest-digest")) == "19");

  image.tag(digest, good, "not base64");
  CHECK(verdict(image.verify(trusting(key))) == "10");
  image.tag(digest, good, base::to_base64(key.sign(good)), "application/octet-stream");
  CHECK(verdict(image.verify(trusting(key))) == "4");
}

TEST_CASE("the signer's name for the image is compared when asked for") {
  const Image image;
  const auto key = crypto::PrivateKey::generate();
  sigstore::sign_image(*image.repository, image.to_sign(), key);
  const auto with_reference = [&](const std::string& reference) {
    auto policy = trusting(key);
    policy.reference = reference;
    return image.verify(policy);
  };
  const auto outcome = with_reference("registry.example/team/app:v1");
  REQUIRE(fixtures::holds(outcome));  // by the tag; the bundle carries no name
  CHECK(std::get<sigstore::Verified>(outcome).refusals().at(0).check == sigstore::Check::reference);
  CHECK(verdict(with_reference("registry.example/team/other")) == "17 17");
}

TEST_CASE("what a registry does not have is refused in its place") {
  const Image image;
  const auto key = crypto::PrivateKey::generate();
  sigstore::sign_image(*image.repository, image.to_sign(), key);
  // Every blob that is no manifest and no index: the claim, the bundle and the configurations.
  for (const auto& file :
       std::filesystem::directory_iterator(image.directory.path() / "layout/blobs/sha256")) {
    if (base::read_file(file.path()).find("schemaVersion") == std::string::npos)
      std::filesystem::remove(file.path());
  }
  CHECK(verdict(image.verify(trusting(key))) == "1 1");
}

TEST_CASE("a registry that lies about a digest is refused") {
  const Image image;
  const auto key = crypto::PrivateKey::generate();
  sigstore::sign_image(*image.repository, image.to_sign(), key);
  for (const auto& file :
       std::filesystem::directory_iterator(image.directory.path() / "layout/blobs/sha256")) {
    const auto content = base::read_file(file.path());
    if (content.find("schemaVersion") == std::string::npos) base::write_file(file.path(), content + " ");
  }
  CHECK(verdict(image.verify(trusting(key))) == "1 1");
}

TEST_CASE("every changed leaf and byte of an image's signatures is refused") {
  const auto policy = trusting(vectors::cosign_public);
  const std::string hint = "N3vE4uLQFMepB3gK4urD8a1AiCwjbSl2jZTMf7k96Ts=";
  auto bundles = fixtures::mutations(vectors::image_bundle, {"/verificationMaterial/publicKey/hint"});
  for (const auto& each : fixtures::flipped_bytes(vectors::image_bundle, 7, hint)) bundles.push_back(each);
  const Image image;
  const std::size_t attached = bundles.size();
  for (const auto& each : bundles) {
    INFO(each.what);
    image.attach(peer_image, each.json);
  }
  const auto outcome = verify_peer(image, policy);
  REQUIRE_FALSE(fixtures::holds(outcome));
  CHECK(std::get<sigstore::NotVerified>(outcome).refusals.size() == attached);

  for (const auto& each : fixtures::flipped_bytes(vectors::image_claim, 5, "")) {
    CAPTURE(each.what);
    image.tag(peer_digest, each.json, vectors::image_claim_signature);
    CHECK_FALSE(fixtures::holds(verify_peer(image, policy)));
  }
}
