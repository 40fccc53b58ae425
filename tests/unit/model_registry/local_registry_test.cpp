#include <filesystem>
#include <fstream>

#include "archive/content_store.hpp"
#include "base/error.hpp"
#include "base/files.hpp"
#include "model_registry/local_registry.hpp"
#include "support/catch.hpp"
#include "support/error_message.hpp"

using model_registry::LocalRegistry;
using model_registry::NewVersion;
namespace fs = std::filesystem;

namespace {

struct Fixture {
  base::TemporaryDirectory directory;
  fs::path model = directory.path() / "model";
  LocalRegistry registry{directory.path() / "registry"};

  Fixture() {
    base::write_file(model / "MLmodel", "flavors: {}\n");
    base::write_file(model / "data" / "weights.bin", "weights");
    base::write_file(directory.path() / "report.json", "{\"a\":1}");
  }

  base::FileEntry entry(const std::string& path) const {
    const auto bytes = base::read_file(model / path);
    return {.path = path, .size = bytes.size(), .executable = false, .digest = archive::digest_of(bytes)};
  }

  NewVersion wanted(const std::string& key) const {
    NewVersion wanted;
    wanted.name = "diabetes";
    wanted.key = key;
    wanted.model_directory = model;
    wanted.model = {entry("MLmodel"), entry("data/weights.bin")};
    wanted.tags = {{"git.commit", "abc"}};
    wanted.attachments = {{"gate-report.json", directory.path() / "report.json"}};
    return wanted;
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a version is there once, however often it is registered") {
  const auto first = registry.register_version(wanted("k1"));
  CHECK(first.created);
  CHECK(first.version.uri() == "models:/diabetes/1");
  const auto again = registry.register_version(wanted("k1"));
  CHECK_FALSE(again.created);
  CHECK(again.version.version == 1);
  CHECK(registry.register_version(wanted("k2")).version.version == 2);
  CHECK(registry.versions("diabetes").size() == 2);
  CHECK(registry.versions("other").empty());
  CHECK_FALSE(registry.version("diabetes", 3));
}

TEST_CASE_METHOD(Fixture, "the storage URI is a directory with the model's files and nothing else") {
  const auto version = registry.register_version(wanted("k1")).version;
  CHECK(version.source == version.storage_uri);
  const fs::path served = version.storage_uri.substr(7);
  CHECK(base::read_file(served / "data" / "weights.bin") == "weights");
  std::size_t files = 0;
  for (const auto& each : fs::recursive_directory_iterator(served)) files += each.is_regular_file() ? 1U : 0U;
  CHECK(files == 2);
}

TEST_CASE_METHOD(Fixture, "what was stored comes back, checked") {
  const auto version = registry.register_version(wanted("k1")).version;
  CHECK(registry.attachment(version, "gate-report.json") == "{\"a\":1}");
  CHECK_FALSE(registry.attachment(version, "other.json"));
  const base::TemporaryDirectory target;
  CHECK(registry.fetch_model(version, target.path()));
  CHECK(base::read_file(target.path() / "data" / "weights.bin") == "weights");

  const fs::path served = version.storage_uri.substr(7);
  fs::permissions(served / "data" / "weights.bin", fs::perms::owner_all);
  std::ofstream(served / "data" / "weights.bin") << "WEIGHTS";
  const base::TemporaryDirectory second;
  CHECK_THROWS_AS(registry.fetch_model(version, second.path()), base::Error);
}

TEST_CASE_METHOD(Fixture, "a model that is elsewhere already is not copied") {
  auto elsewhere = wanted("k1");
  elsewhere.storage_uri = "oci://registry.example/m@sha256:" + std::string(64, 'a');
  const auto version = registry.register_version(elsewhere).version;
  CHECK(version.storage_uri == elsewhere.storage_uri);
  CHECK_FALSE(fs::exists(registry.root() / "artifacts"));
  const base::TemporaryDirectory target;
  CHECK_FALSE(registry.fetch_model(version, target.path()));
}

TEST_CASE_METHOD(Fixture, "a file that changed since it was hashed is refused and no version appears") {
  auto changed = wanted("k1");
  base::write_file(model / "MLmodel", "flavors: {x: 1}\n");
  CHECK_THROWS_AS(registry.register_version(changed), base::Error);
  CHECK(registry.versions("diabetes").empty());
}

TEST_CASE_METHOD(Fixture, "an alias moves only from where it is expected") {
  registry.register_version(wanted("k1"));
  registry.register_version(wanted("k2"));
  registry.set_alias("diabetes", "champion", 1, std::nullopt);
  CHECK(registry.by_alias("diabetes", "champion")->version == 1);
  CHECK(contains(error_message([&] { registry.set_alias("diabetes", "champion", 2, std::nullopt); }),
                 "it names version 1, expected no version"));
  CHECK_THROWS_AS(registry.set_alias("diabetes", "champion", 9, 1), base::Error);
  registry.set_alias("diabetes", "champion", 2, 1);
  registry.set_alias("diabetes", "champion", 2, 1);  // again: nothing to do
  CHECK(registry.by_alias("diabetes", "champion")->aliases == std::vector<std::string>{"champion"});
  CHECK_THROWS_AS(registry.delete_alias("diabetes", "champion", 1), base::Error);
  registry.delete_alias("diabetes", "champion", 2);
  registry.delete_alias("diabetes", "champion", 2);
  CHECK(registry.aliases("diabetes").empty());
}

TEST_CASE_METHOD(Fixture, "tags are set on versions that are there") {
  registry.register_version(wanted("k1"));
  registry.set_tag("diabetes", 1, "state", "archived");
  CHECK(registry.version("diabetes", 1)->tags.at("state") == "archived");
  CHECK(registry.version("diabetes", 1)->tags.at("mlsteps.key") == "k1");
  CHECK_THROWS_AS(registry.set_tag("diabetes", 2, "state", "archived"), base::Error);
}

TEST_CASE_METHOD(Fixture, "a lock is held by one at a time and does not stop its holder") {
  registry.register_version(wanted("k1"));
  const auto lock = registry.lock("diabetes");
  registry.set_tag("diabetes", 1, "a", "b");
  CHECK(registry.version("diabetes", 1)->tags.at("a") == "b");
}

TEST_CASE("an address that is no registry is refused") {
  CHECK_THROWS_AS(model_registry::open_registry(""), base::Error);
  CHECK(contains(error_message([&] { model_registry::open_registry("s3://bucket/registry"); }),
                 "not a model registry"));
  CHECK(model_registry::open_registry("file:///tmp/a%20b")->uri() == "file:///tmp/a%20b");
  CHECK(model_registry::open_registry("http://mlflow.example:5000/")->uri() == "http://mlflow.example:5000");
}
