#include "verify-signature/report.hpp"

#include "base/error.hpp"
#include "cli/step.hpp"
#include "crypto/hash.hpp"
#include "sigstore/sign.hpp"
#include "support/catch.hpp"
#include "verify-signature/step.hpp"

using sigstore::Check;
using verify_signature::Report;

namespace {

// Only a real verification makes a Verified.
Report verified(const std::string& name) {
  const auto key = crypto::PrivateKey::generate();
  const sigstore::BlobDigests blob{crypto::sha256(name), std::nullopt, std::nullopt};
  const sigstore::Policy policy{.keys = {{"k.pub", key.public_key()}}};
  return {.kind = "image",
          .name = name,
          .digest = blob.sha256,
          .reference = name + "@" + blob.sha256.text(),
          .outcome = sigstore::verify_blob(blob, sigstore::sign_blob(blob.sha256, key), "b", policy)};
}

Report refused(const std::string& name, std::vector<sigstore::Refusal> refusals) {
  return {.kind = "image",
          .name = name,
          .digest = crypto::sha256(name),
          .reference = name + "@" + crypto::sha256(name).text(),
          .outcome = sigstore::NotVerified{std::move(refusals)}};
}

}  // namespace

TEST_CASE("the answer is yes only when every target verified") {
  CHECK(verify_signature::answer({verified("a"), verified("b")}).accepted());
  const auto answer =
      verify_signature::answer({verified("a"), refused("b", {{"layer 1", Check::signature, "no"}})});
  CHECK_FALSE(answer.accepted());
  CHECK(answer.reason().find("layer 1: check 12 (signature): no") != std::string::npos);
}

TEST_CASE("a target without signatures is a precondition unless another was refused") {
  CHECK_THROWS_AS(verify_signature::answer({verified("a"), refused("b", {})}), base::Error);
  const auto answer =
      verify_signature::answer({refused("a", {}), refused("b", {{"bundle x", Check::subject, "no"}})});
  CHECK_FALSE(answer.accepted());
  CHECK(answer.reason().find("it has no signature") != std::string::npos);
}

TEST_CASE("results name what was verified and nothing else") {
  cli::Results results(cli::table_of(verify_signature::step));
  const auto good = verified("a");
  verify_signature::set_results({good, refused("b", {})}, results);
  CHECK(results.get("verdict") == "fail");
  CHECK(results.get("IMAGE_REF") == *good.reference);
  CHECK(results.get("verified-count") == "1");
  CHECK(results.get("signer") == good.signatures().at(0).key_fingerprint.text());
  verify_signature::set_results({good}, results);
  CHECK(results.get("verdict") == "pass");
}

TEST_CASE("the document shows every refusal with its number") {
  const auto json = verify_signature::to_json({refused("b", {{"bundle x", Check::subject, "no\x1b"}})});
  CHECK(json["verdict"] == "fail");
  const auto& refusal = json["targets"][0]["refusals"][0];
  CHECK(refusal["check"] == 14);
  CHECK(refusal["title"] == "subject");
  CHECK(refusal["detail"] == "no\\x1b");
}
