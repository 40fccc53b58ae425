#include "crypto/file_hash.hpp"

#include <sys/stat.h>

#include "base/error.hpp"
#include "crypto/hash.hpp"
#include "support/catch.hpp"

namespace fs = std::filesystem;

namespace {

std::vector<std::string> paths_of(const base::FileTree& tree) {
  std::vector<std::string> paths;
  for (const auto& entry : tree) paths.push_back(entry.path);
  return paths;
}

}  // namespace

TEST_CASE("a file's hash is that of its bytes") {
  const base::TemporaryDirectory directory;
  const std::string content(3'000'000, 'x');
  base::write_file(directory.path() / "f", content);
  const auto hashed = crypto::hash_file(directory.path() / "f");
  CHECK(hashed.digest == crypto::sha256(content));
  CHECK(hashed.size == content.size());
}

TEST_CASE("copying a file hashes what is written") {
  const base::TemporaryDirectory directory;
  base::write_file(directory.path() / "f", "some bytes");
  base::AtomicFile target(directory.path() / "g");
  CHECK(crypto::copy_file(directory.path() / "f", target).digest == crypto::sha256("some bytes"));
  target.commit();
  CHECK(base::read_file(directory.path() / "g") == "some bytes");
}

TEST_CASE("a tree lists regular files by the bytes of their paths") {
  const base::TemporaryDirectory directory;
  for (const auto* path : {"b", "a/z", "a-1/x", "a.txt"}) base::write_file(directory.path() / path, path);
  fs::create_directory(directory.path() / "empty");
  const auto tree = crypto::hash_tree(directory.path());
  CHECK(paths_of(tree) == std::vector<std::string>{"a-1/x", "a.txt", "a/z", "b"});
  CHECK(tree.back().digest == crypto::sha256("b"));
  CHECK(tree.back().size == 1);
  CHECK_FALSE(tree.back().executable);
}

TEST_CASE("the digest of a tree is what sha256sum in a shell gives") {
  const base::TemporaryDirectory directory;
  base::write_file(directory.path() / "a.bin", "one");
  base::write_file(directory.path() / "sub/b.bin", "two");
  const std::string lines = std::string(crypto::sha256("one").hex()) + "  a.bin\n" +
                            std::string(crypto::sha256("two").hex()) + "  sub/b.bin\n";
  CHECK(crypto::tree_digest(crypto::hash_tree(directory.path())) == crypto::sha256(lines));
}

TEST_CASE("ignored paths are left out with all that is under them") {
  const base::TemporaryDirectory directory;
  for (const auto* path : {"keep", ".git/config", "logs", "logs2"})
    base::write_file(directory.path() / path, path);
  CHECK(paths_of(crypto::hash_tree(directory.path(), {.ignore = {".git", "logs"}})) ==
        std::vector<std::string>{"keep", "logs2"});
}

TEST_CASE("one file is a tree of one entry") {
  const base::TemporaryDirectory directory;
  base::write_file(directory.path() / "model.onnx", "m");
  CHECK(paths_of(crypto::hash_tree(directory.path() / "model.onnx")) ==
        std::vector<std::string>{"model.onnx"});
}

TEST_CASE("what is no regular file is refused") {
  const base::TemporaryDirectory directory;
  base::write_file(directory.path() / "f", "f");
  SECTION("a link, unless it is to be followed") {
    fs::create_symlink("f", directory.path() / "link");
    CHECK_THROWS_AS(crypto::hash_tree(directory.path()), base::Error);
    CHECK(paths_of(crypto::hash_tree(directory.path(), {.symlinks = crypto::Symlinks::follow})) ==
          std::vector<std::string>{"f", "link"});
  }
  SECTION("a FIFO") {
    REQUIRE(mkfifo((directory.path() / "fifo").c_str(), 0600) == 0);
    CHECK_THROWS_AS(crypto::hash_tree(directory.path()), base::Error);
  }
  SECTION("a name that is not UTF-8") {
    base::write_file(directory.path() / "\xff", "f");
    CHECK_THROWS_AS(crypto::hash_tree(directory.path()), base::Error);
  }
  SECTION("nothing at all") {
    CHECK_THROWS_AS(crypto::hash_tree(directory.path() / "none"), base::Error);
  }
}
