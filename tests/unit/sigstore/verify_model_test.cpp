#include <filesystem>

#include "base/encoding.hpp"
#include "base/files.hpp"
#include "crypto/file_hash.hpp"
#include "fixtures.hpp"
#include "peer_vectors.hpp"
#include "sigstore/bundle.hpp"
#include "sigstore/dsse.hpp"
#include "sigstore/model_signing.hpp"
#include "sigstore/sign.hpp"

using base::Json;
using fixtures::trusting;
using fixtures::verdict;
namespace fs = std::filesystem;

namespace {

// The model of the peer's vector.
struct Model {
  base::TemporaryDirectory directory;
  fs::path root = directory.path() / "m";
  crypto::PrivateKey key = crypto::PrivateKey::generate();

  Model() {
    base::write_file(root / "a.bin", "a\n");
    base::write_file(root / "sub/b.bin", "b\n");
  }

  std::string sign() const { return sigstore::sign_model(sigstore::model_to_sign(root, {}), key); }
  sigstore::Outcome verify(const std::string& bundle, std::vector<std::string> ignored = {}) const {
    return sigstore::verify_model({root, std::move(ignored)}, bundle, "model.sig", trusting(key));
  }
  // Verifies a bundle over the statement that we would sign, changed by `change`.
  sigstore::Outcome verify_changed(const std::function<void(Json&)>& change) const {
    const auto model = sigstore::model_to_sign(root, {});
    auto statement = Json::parse(sigstore::model_statement(model.files, model.name, model.ignored));
    change(statement);
    return verify(
        sigstore::write_bundle("", {{"dsseEnvelope", sigstore::sign_envelope(statement.dump(), key)}}));
  }
};

}  // namespace

TEST_CASE("a model that the reference implementation signed verifies") {
  const Model model;
  const auto outcome = sigstore::verify_model({model.root, {}}, vectors::model_bundle, "model.sig",
                                              trusting(vectors::model_public));
  REQUIRE(fixtures::holds(outcome));
  CHECK(std::get<sigstore::Verified>(outcome).digest() == crypto::tree_digest(crypto::hash_tree(model.root)));
}

TEST_CASE("a model that we signed verifies, wherever it is moved") {
  const Model model;
  const auto bundle = model.sign();
  CHECK(verdict(model.verify(bundle)) == "verified");
  fs::rename(model.root, model.directory.path() / "elsewhere");
  const sigstore::ModelDirectory moved{model.directory.path() / "elsewhere", {}};
  CHECK(verdict(sigstore::verify_model(moved, bundle, "model.sig", trusting(model.key))) == "verified");
  CHECK(verdict(sigstore::verify_model(moved, bundle, "model.sig",
                                       trusting(crypto::PrivateKey::generate()))) == "12");
}

TEST_CASE("a changed, missing or added file is refused and named") {
  const Model model;
  const auto bundle = model.sign();
  SECTION("changed") {
    base::write_file(model.root / "a.bin", "A\n");
  }
  SECTION("missing") {
    fs::remove(model.root / "a.bin");
  }
  SECTION("added") {
    base::write_file(model.root / "sub/a.bin", "");
  }
  SECTION("renamed") {
    fs::rename(model.root / "a.bin", model.root / "c.a.bin");
  }
  const auto outcome = model.verify(bundle);
  CHECK(verdict(outcome) == "24");
  CHECK(fixtures::first_detail(outcome).find("a.bin") != std::string::npos);
}

TEST_CASE("a link in the model is refused") {
  const Model model;
  const auto bundle = model.sign();
  fs::create_symlink("a.bin", model.root / "link");
  CHECK(verdict(model.verify(bundle)) == "24");
}

TEST_CASE("ignored paths need not be signed, but signed files must be there") {
  const Model model;
  const auto bundle = model.sign();
  base::write_file(model.root / "notes/x", "x");
  base::write_file(model.root / ".git/config", "x");
  CHECK(verdict(model.verify(bundle)) == "24");
  CHECK(verdict(model.verify(bundle, {"notes"})) == "verified");
  CHECK(verdict(model.verify(bundle, {"notes", "a.bin"})) == "24");
}

TEST_CASE("a model of one file") {
  const Model model;
  const sigstore::ModelDirectory file{model.root / "a.bin", {}};
  const auto bundle = sigstore::sign_model(sigstore::model_to_sign(file.root, {}), model.key);
  CHECK(verdict(sigstore::verify_model(file, bundle, "s", trusting(model.key))) == "verified");
  base::write_file(file.root, "b");
  CHECK(verdict(sigstore::verify_model(file, bundle, "s", trusting(model.key))) == "24");
}

TEST_CASE("an empty model is not signed") {
  const base::TemporaryDirectory directory;
  CHECK_THROWS_AS(
      sigstore::sign_model(sigstore::model_to_sign(directory.path(), {}), crypto::PrivateKey::generate()),
      base::Error);
}

TEST_CASE("a signed but malformed manifest is refused at its check") {
  const Model model;
  const auto refused = [&](const char* pointer, const Json& value) {
    return verdict(model.verify_changed([&](Json& json) { json[Json::json_pointer(pointer)] = value; }));
  };
  CHECK(verdict(model.verify_changed([](Json&) {})) == "verified");
  CHECK(refused("/_type", "https://example.org/other") == "13");
  CHECK(refused("/subject", Json::array()) == "13");
  CHECK(refused("/predicateType", "https://sigstore.dev/cosign/sign/v1") == "15");
  CHECK(refused("/predicate", nullptr) == "21");
  CHECK(refused("/predicate/serialization/method", "blocks") == "22");
  CHECK(refused("/predicate/serialization/hash_type", "blake3") == "22");
  CHECK(refused("/predicate/serialization/allow_symlinks", "yes") == "22");
  CHECK(refused("/predicate/serialization/ignore_paths", Json::array({"../x"})) == "22");
  CHECK(refused("/predicate/serialization/follow", true) == "22");
  CHECK(refused("/predicate/resources", Json::array()) == "21");
  CHECK(refused("/predicate/resources/0/name", "../a.bin") == "21");
  CHECK(refused("/predicate/resources/0/name", "/a.bin") == "21");
  CHECK(refused("/predicate/resources/0/name", "sub/b.bin") == "21");
  CHECK(refused("/predicate/resources/0/digest", "00") == "21");
  CHECK(refused("/predicate/resources/0/algorithm", "md5") == "22");
  CHECK(refused("/predicate/resources/0/digest", std::string(64, '0')) == "23");
  CHECK(refused("/subject/0/digest", {{"sha512", "00"}}) == "23");
  CHECK(refused("/subject/1", {{"digest", {{"sha256", "00"}}}}) == "14");
  // What the specification says to ignore.
  CHECK(refused("/predicate/resources/0/note", "x") == "verified");
}

TEST_CASE("a model hashed in shards") {
  const base::TemporaryDirectory directory;
  const auto root = directory.path() / "m";
  base::write_file(root / "a:b", "hello world");
  base::write_file(root / "empty", "");
  const auto key = crypto::PrivateKey::generate();
  const auto outcome = [&](const std::vector<std::pair<std::string, std::string>>& shards) {
    auto resources = Json::array();
    crypto::Hash hash;
    for (const auto& [name, bytes] : shards) {
      const auto digest = crypto::sha256(bytes);
      resources.push_back({{"name", name}, {"algorithm", "sha256-sharded-6"}, {"digest", digest.hex()}});
      hash.update(base::from_hex(digest.hex()));
    }
    const Json statement{
        {"_type", "https://in-toto.io/Statement/v1"},
        {"subject", Json::array({{{"digest", {{"sha256", base::to_hex(hash.finish())}}}}})},
        {"predicateType", sigstore::model_predicate_type},
        {"predicate",
         {{"resources", resources},
          {"serialization", {{"method", "shards"}, {"hash_type", "sha256"}, {"shard_size", 6.0}}}}}};
    const auto bundle =
        sigstore::write_bundle("", {{"dsseEnvelope", sigstore::sign_envelope(statement.dump(), key)}});
    return verdict(sigstore::verify_model({root, {}}, bundle, "s", trusting(key)));
  };
  CHECK(outcome({{"a:b:0:6", "hello "}, {"a:b:6:11", "world"}}) == "verified");
  CHECK(outcome({{"a:b:0:6", "hello "}, {"a:b:6:11", "World"}}) == "24");
  CHECK(outcome({{"a:b:0:6", "hello "}}) == "24");
  CHECK(outcome({{"a:b:6:11", "world"}}) == "24");
  CHECK(outcome({{"a:b:0:6", "hello "}, {"a:b:6:12", "world"}}) == "24");
  CHECK(outcome({{"a:b", "hello world"}}) == "21");
  CHECK(outcome({{"a:b:6:6", ""}}) == "21");
  CHECK(outcome({{"a:b:0:6", "hello "}, {"a:b:0:11", "hello world"}}) == "21");
}

TEST_CASE("every changed leaf and byte of a model's bundle is refused") {
  const Model model;
  const auto policy = trusting(vectors::model_public);
  const auto refused = [&](const fixtures::Mutation& each) {
    CAPTURE(each.what);
    CHECK_FALSE(fixtures::holds(sigstore::verify_model({model.root, {}}, each.json, "s", policy)));
  };
  const std::vector<std::string> undecided{"/verificationMaterial/publicKey/hint",
                                           "/verificationMaterial/tlogEntries",
                                           "/dsseEnvelope/signatures/0/keyid"};
  for (const auto& each : fixtures::mutations(vectors::model_bundle, undecided)) refused(each);
  const std::string hint = "154bbb3fde810e8f75d6a6bfea896d80c6c91a97525bfcc05d8233792defd3dd";
  for (const auto& each : fixtures::flipped_bytes(vectors::model_bundle, 3, hint)) refused(each);
}
