#include "archive/content_store.hpp"

#include <filesystem>

#include "base/error.hpp"
#include "base/files.hpp"
#include "support/catch.hpp"

using archive::ContentStore;
using archive::digest_of;
using archive::Stored;

namespace {

struct Fixture {
  base::TemporaryDirectory temporary;
  ContentStore store{temporary.path() / "blobs"};

  std::filesystem::path file(const std::string& name, const std::string& bytes) const {
    base::write_file(temporary.path() / name, bytes);
    return temporary.path() / name;
  }
};

}  // namespace

TEST_CASE("a blob comes back as it was put") {
  Fixture f;
  const auto digest = digest_of("weights");
  // printf weights | sha256sum
  CHECK(digest.hex() == "9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c");
  CHECK_FALSE(f.store.read(digest).has_value());
  CHECK(f.store.put_file(f.file("a", "weights"), digest) == Stored::added);
  CHECK(f.store.put_file(f.file("b", "weights"), digest) == Stored::already_there);
  CHECK(f.store.put("weights", digest) == Stored::already_there);
  CHECK(f.store.read(digest) == "weights");
  CHECK(f.store.verify(digest));
  CHECK(f.store.copy_to(digest, f.temporary.path() / "deep/out", 0755));
  CHECK(base::read_file(f.temporary.path() / "deep/out") == "weights");
}

TEST_CASE("bytes under a wrong digest are refused and leave nothing") {
  Fixture f;
  const auto digest = digest_of("expected");
  CHECK_THROWS_AS(f.store.put_file(f.file("a", "other"), digest), base::Error);
  CHECK_THROWS_AS(f.store.put("other", digest), base::Error);
  CHECK_FALSE(f.store.has(digest));
  for (const auto& entry : std::filesystem::recursive_directory_iterator(f.store.directory()))
    CHECK_FALSE(entry.is_regular_file());
}

TEST_CASE("a damaged blob is found by every reader and mended by the next writer") {
  Fixture f;
  const auto digest = digest_of("weights");
  f.store.put("weights", digest);
  base::write_file(f.store.path_of(digest), "weighty");
  CHECK_THROWS_AS(f.store.read(digest), base::Error);
  CHECK_THROWS_AS(f.store.verify(digest), base::Error);
  CHECK_THROWS_AS(f.store.copy_to(digest, f.temporary.path() / "out"), base::Error);
  CHECK_FALSE(std::filesystem::exists(f.temporary.path() / "out"));
  CHECK(f.store.put_file(f.file("a", "weights"), digest) == Stored::added);
  CHECK(f.store.read(digest) == "weights");
}

TEST_CASE("a blob larger than the limit is refused before it is in memory") {
  Fixture f;
  const auto digest = digest_of("0123456789");
  f.store.put("0123456789", digest);
  CHECK_THROWS_AS(f.store.read(digest, 9), base::Error);
  CHECK(f.store.read(digest, 10) == "0123456789");
}

TEST_CASE("an absent blob is an answer") {
  Fixture f;
  const auto digest = digest_of("nothing");
  CHECK_FALSE(f.store.has(digest));
  CHECK_FALSE(f.store.verify(digest));
  CHECK_FALSE(f.store.copy_to(digest, f.temporary.path() / "out"));
}
