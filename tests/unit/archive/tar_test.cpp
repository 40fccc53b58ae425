#include "archive/tar.hpp"

#include <sys/stat.h>

#include <map>
#include <vector>

#include "archive/tar_header.hpp"
#include "base/error.hpp"
#include "base/files.hpp"
#include "independent_tar_reader.hpp"
#include "support/catch.hpp"

namespace fs = std::filesystem;
using archive::TarEntry;
using archive::TarPlan;
using independent_tar::Member;
using independent_tar::members;

namespace {

std::string all_of(const archive::ByteReader& reader, std::size_t step = 4096) {
  std::string bytes;
  std::vector<char> buffer(step);
  while (const auto count = reader(buffer.data(), buffer.size())) bytes.append(buffer.data(), count);
  return bytes;
}

std::string tar_of(const TarPlan& plan, std::size_t step = 4096) {
  return all_of(archive::read_tar(std::make_shared<const TarPlan>(plan)), step);
}

struct Fixture {
  base::TemporaryDirectory temporary;
  fs::path root = temporary.path() / "source";

  fs::path file(const std::string& name, const std::string& bytes, unsigned mode = 0644) const {
    base::write_file(root / name, bytes);
    ::chmod((root / name).c_str(), mode);
    return root / name;
  }
};

void check_refused(const std::function<void()>& action, const std::string& words) {
  try {
    action();
    FAIL("expected an error with: " + words);
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::input);
    CHECK_THAT(error.message(), Catch::Matchers::Contains(words));
  }
}

}  // namespace

TEST_CASE("an archive holds parents once, sorted by bytes, with constant metadata") {
  Fixture f;
  f.file("b/deep/x.txt", "x", 0600);
  f.file("b-1", "first", 0777);
  f.file("b/a", std::string(513, 'a'), 0444);
  fs::create_symlink("deep/x.txt", f.root / "b/link");
  fs::create_directory(f.root / "empty");
  TarPlan plan(7);
  plan.add_tree(f.root, "opt/app");
  const auto tar = tar_of(plan);
  CHECK(members(tar) == std::vector<Member>{
                            {"opt/", "", "", S_IFDIR | 0755, 7, 0},
                            {"opt/app/", "", "", S_IFDIR | 0755, 7, 0},
                            {"opt/app/b/", "", "", S_IFDIR | 0755, 7, 0},
                            {"opt/app/b-1", "first", "", S_IFREG | 0755, 7, 5},
                            {"opt/app/b/a", std::string(513, 'a'), "", S_IFREG | 0644, 7, 513},
                            {"opt/app/b/deep/", "", "", S_IFDIR | 0755, 7, 0},
                            {"opt/app/b/deep/x.txt", "x", "", S_IFREG | 0644, 7, 1},
                            {"opt/app/b/link", "", "deep/x.txt", S_IFLNK | 0777, 7, 0},
                            {"opt/app/empty/", "", "", S_IFDIR | 0755, 7, 0},
                        });
  CHECK(tar.size() == plan.size());
  CHECK(tar.size() % 512 == 0);
}

TEST_CASE("the size is known beforehand and the bytes do not depend on how they are read") {
  Fixture f;
  for (const std::size_t size : {0U, 1U, 511U, 512U, 513U, 100000U})
    f.file("f" + std::to_string(size), std::string(size, 'z'));
  TarPlan plan(0);
  plan.add_tree(f.root, "");
  const auto tar = tar_of(plan);
  CHECK(tar.size() == plan.size());
  CHECK(tar_of(plan, 1) == tar);
  CHECK(tar_of(plan, 1000003) == tar);
}

TEST_CASE("names and link targets over 100 bytes survive") {
  Fixture f;
  for (const std::size_t length : {99U, 100U, 101U, 200U}) {
    f.file(std::string(length, 'n'), "content");
    fs::create_symlink(std::string(length, 't'), f.root / ("link" + std::to_string(length)));
  }
  TarPlan plan(0);
  plan.add_tree(f.root, "");
  const auto tar = tar_of(plan);
  std::map<std::string, Member> found;
  for (const auto& member : members(tar)) found.emplace(member.path, member);
  CHECK(found.size() == 8);
  for (const std::size_t length : {99U, 100U, 101U, 200U}) {
    CHECK(found.at(std::string(length, 'n')).content == "content");
    CHECK(found.at("link" + std::to_string(length)).link == std::string(length, 't'));
  }
  CHECK(tar.size() == plan.size());
}

TEST_CASE("a member of 8 GiB and more has its size in base 256") {
  const std::uint64_t huge = (std::uint64_t{8} << 30U) + 5;
  const TarEntry entry{.kind = TarEntry::Kind::file, .stamp = {.size = huge}};
  const auto header = archive::tar_header("weights.bin", entry, 0);
  CHECK(header.size() == 512);
  const auto found = independent_tar::members(header);
  REQUIRE(found.size() == 1);
  CHECK(found.front().size == huge);

  const TarEntry smaller{.kind = TarEntry::Kind::file, .stamp = {.size = (std::uint64_t{8} << 30U) - 1}};
  CHECK(archive::tar_header("weights.bin", smaller, 0).substr(124, 12) == std::string("77777777777\0", 12));
}

TEST_CASE("paths that a reader could misunderstand are refused") {
  Fixture f;
  const auto source = f.file("file", "x");
  TarPlan plan(0);
  for (const std::string path : {"../x", "a/../x", "/etc/passwd", "./x", "a//x", "", "a/", "."})
    check_refused([&] { plan.add_file(source, path); }, "is not a plain path");
  check_refused([&] { plan.add_file(source, "a/.wh.secret"); }, "would be read as a deletion");
  check_refused([&] { plan.add_file(source, ".wh..wh..opq"); }, "would be read as a deletion");
  check_refused([&] { plan.add_file(source, "a\xff"); }, "is not UTF-8");
  CHECK(plan.entries().empty());
  plan.add_file(source, "a/b");
  check_refused([&] { plan.add_file(source, "a/b"); }, "is planned twice");
  check_refused([&] { plan.add_file(source, "a/b/c"); }, "is a file");
}

TEST_CASE("links that climb out of the image are refused, others are kept") {
  Fixture f;
  f.file("d/file", "x");
  fs::create_symlink("../../etc/passwd", f.root / "d/out");
  check_refused([&] { TarPlan(0).add_tree(f.root, ""); }, "outside the image");
  TarPlan deeper(0);
  deeper.add_tree(f.root, "opt");  // one level further down the same link stays inside
  CHECK(deeper.entries().at("opt/d/out").target == "../../etc/passwd");
  check_refused([&] { TarPlan(0).add_tree(f.root, "opt", archive::Links::refuse); }, "is a symbolic link");
}

TEST_CASE("a FIFO is refused without waiting for its writer") {
  Fixture f;
  f.file("file", "x");
  REQUIRE(::mkfifo((f.root / "pipe").c_str(), 0644) == 0);
  check_refused([&] { TarPlan(0).add_tree(f.root, ""); }, "is a device, socket or FIFO");
}

TEST_CASE("a file that changes after planning is refused") {
  Fixture f;
  f.file("file", "before");
  TarPlan plan(0);
  plan.add_tree(f.root, "");
  SECTION("longer") {
    f.file("file", "before and after");
  }
  SECTION("shorter") {
    f.file("file", "b");
  }
  SECTION("of the same size") {
    f.file("file", "BEFORE");
  }
  check_refused([&] { tar_of(plan); }, "changed while it was read");
}

TEST_CASE("a missing or unreadable source says which") {
  TarPlan plan(0);
  try {
    plan.add_file("/nonexistent/file", "x");
    FAIL();
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::precondition);
    CHECK_THAT(error.message(), Catch::Matchers::Contains("/nonexistent/file"));
  }
  CHECK_THROWS_AS(plan.add_tree("/nonexistent", "x"), base::Error);
}
