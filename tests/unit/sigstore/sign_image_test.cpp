#include "fixtures.hpp"
#include "image_fixture.hpp"

using fixtures::trusting;
using fixtures::verdict;
using sigstore::Written;

namespace {

std::vector<std::string> forms(const sigstore::Outcome& outcome) {
  std::vector<std::string> found;
  if (!fixtures::holds(outcome)) return found;
  for (const auto& each : std::get<sigstore::Verified>(outcome).signatures()) found.push_back(each.form);
  return found;
}

const std::vector<std::string> both{"bundle", "simple-signing"};

}  // namespace

TEST_CASE("an image is signed in both forms, once") {
  const fixtures::Image image;
  const auto key = crypto::PrivateKey::generate();
  const auto first = sigstore::sign_image(*image.repository, image.to_sign(), key);
  CHECK(first.signature_tag == Written::added);
  CHECK(first.bundle == Written::added);
  CHECK(forms(image.verify(trusting(key))) == both);

  const auto again = sigstore::sign_image(*image.repository, image.to_sign(), key);
  CHECK(again.signature_tag == Written::already_there);
  CHECK(again.bundle == Written::already_there);
  CHECK(forms(image.verify(trusting(key))) == both);
}

TEST_CASE("a second key adds its signatures and keeps the others") {
  const fixtures::Image image;
  const auto one = crypto::PrivateKey::generate();
  const auto two = crypto::PrivateKey::generate();
  sigstore::sign_image(*image.repository, image.to_sign(), one);
  CHECK(verdict(image.verify(trusting(two))) == "12 12");
  sigstore::sign_image(*image.repository, image.to_sign(), two);
  for (const auto* key : {&one, &two}) {
    const auto outcome = image.verify(trusting(*key));
    CHECK(forms(outcome) == both);
    CHECK(std::get<sigstore::Verified>(outcome).refusals().size() == 2);
  }
}

TEST_CASE("other annotations are another claim") {
  const fixtures::Image image;
  const auto key = crypto::PrivateKey::generate();
  sigstore::sign_image(*image.repository, image.to_sign(), key);
  const auto written = sigstore::sign_image(*image.repository, image.to_sign({{"env", "prod"}}), key);
  CHECK(written.signature_tag == Written::added);
  CHECK(written.bundle == Written::added);
  auto policy = trusting(key);
  policy.annotations = {{"env", "prod"}};
  CHECK(forms(image.verify(policy)) == both);
  policy.annotations = {{"env", "test"}};
  CHECK(verdict(image.verify(policy)) == "16 16 16 16");
}

TEST_CASE("garbage under the signature tag does not stop a signer") {
  const fixtures::Image image;
  const auto key = crypto::PrivateKey::generate();
  image.tag(image.descriptor.digest, "no claim", "no signature");
  sigstore::sign_image(*image.repository, image.to_sign(), key);
  CHECK(forms(image.verify(trusting(key))) == both);
}
