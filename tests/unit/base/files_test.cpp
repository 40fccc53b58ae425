#include "base/files.hpp"

#include <sys/stat.h>

#include "base/error.hpp"
#include "support/catch.hpp"

namespace fs = std::filesystem;

TEST_CASE("write_file replaces the content and keeps the mode") {
  const base::TemporaryDirectory directory;
  const auto path = directory.path() / "a" / "b.txt";
  base::write_file(path, "one");
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  base::write_file(path, "two");
  CHECK(base::read_file(path) == "two");
  CHECK(fs::status(path).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(std::distance(fs::directory_iterator(path.parent_path()), fs::directory_iterator()) == 1);
  CHECK_FALSE(base::write_file_if_different(path, "two"));
  CHECK(base::write_file_if_different(path, "three"));
  CHECK(base::write_file_if_different(path, "1"));
  CHECK(base::read_file(path) == "1");
}

TEST_CASE("what is not committed leaves nothing") {
  const base::TemporaryDirectory directory;
  {
    base::AtomicFile file(directory.path() / "x");
    file.write("half");
    base::StagedDirectory staged(directory.path() / "d");
    base::write_file(staged.path() / "y", "half");
  }
  CHECK(fs::is_empty(directory.path()));
}

TEST_CASE("the first of two staged directories wins") {
  const base::TemporaryDirectory directory;
  base::StagedDirectory first(directory.path() / "d");
  base::StagedDirectory second(directory.path() / "d");
  base::write_file(first.path() / "x", "1");
  base::write_file(second.path() / "x", "2");
  CHECK(first.commit());
  CHECK_FALSE(second.commit());
  CHECK(base::read_file(directory.path() / "d" / "x") == "1");
  second.replace();
  CHECK(base::read_file(directory.path() / "d" / "x") == "2");
}

TEST_CASE("reading refuses what cannot be read twice and what is too large") {
  const base::TemporaryDirectory directory;
  const auto fifo = directory.path() / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  CHECK_THROWS_AS(base::read_file(fifo), base::Error);
  base::write_file(directory.path() / "big", std::string(100, 'x'));
  CHECK_THROWS_AS(base::read_file(directory.path() / "big", 99), base::Error);
  CHECK_FALSE(base::read_file_if_exists(directory.path() / "none").has_value());
  CHECK_THROWS_WITH(base::read_file(directory.path() / "none"),
                    "reading " + (directory.path() / "none").string() + ": No such file or directory");
}

TEST_CASE("safe_join stays inside") {
  CHECK(base::safe_join("/root", "a/b") == "/root/a/b");
  for (const char* path : {"", "/a", "../a", "a/../b", "a//b", "./a", "a/"}) {
    CHECK_THROWS_AS(base::safe_join("/root", path), base::Error);
  }
}

TEST_CASE("a lock that another holds is an error after the wait") {
  const base::TemporaryDirectory directory;
  const base::FileLock held(directory.path() / "lock", std::chrono::milliseconds(0));
  try {
    const base::FileLock second(directory.path() / "lock", std::chrono::milliseconds(20));
    FAIL("both hold the lock");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::precondition);
  }
}

TEST_CASE("publish replaces files by files and directories by directories") {
  const base::TemporaryDirectory directory;
  const auto at = [&](const char* name) { return directory.path() / name; };
  base::write_file(at("new"), "new");
  base::write_file(at("target"), "old");
  base::publish(at("new"), at("target"));
  CHECK(base::read_file(at("target")) == "new");
  CHECK(!base::fs::exists(at("new")));

  base::write_file(at("made") / "a", "1");
  base::publish(at("made"), at("tree"));
  base::write_file(at("made") / "b", "2");
  base::publish(at("made"), at("tree"));
  CHECK(base::fs::exists(at("tree") / "b"));
  CHECK(!base::fs::exists(at("tree") / "a"));
  base::publish(at("target"), at("tree"));
  CHECK(base::read_file(at("tree")) == "new");
  CHECK_THROWS_AS(base::publish(at("missing"), at("target")), base::Error);
}
