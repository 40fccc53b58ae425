#include "data/step_cache.hpp"

#include "base/error.hpp"
#include "base/files.hpp"
#include "support/catch.hpp"

namespace {

namespace fs = std::filesystem;

// A cache with one entry: a file and a directory.
class Filled {
 public:
  Filled() : cache(directory_.path() / "cache"), key(base::Json{{"n", 1}}) {
    base::write_file(at("made.csv"), "a\n1\n");
    base::write_file(at("tree") / "x" / "y", "deep", 0755);
    base::write_file(at("tree") / "empty", "");
    CHECK(store() == data::Stored::added);
  }

  data::Stored store() {
    return cache.store(key, {{"output/clean", at("made.csv")}, {"output/tree", at("tree")}}, {{"rows", 1}});
  }
  fs::path at(const std::string& name) const { return directory_.path() / name; }
  fs::path manifest() const { return at("cache") / "ac" / key.hex(); }
  // The only file in the store that holds `bytes`.
  fs::path blob(const std::string& bytes) const {
    for (const auto& each : fs::recursive_directory_iterator(at("cache") / "cas")) {
      if (each.is_regular_file() && base::read_file(each.path()) == bytes) return each.path();
    }
    throw std::runtime_error("no such blob");
  }
  // Restores everything; true when all of it was there and whole.
  bool restore() {
    const auto entry = cache.find(key);
    if (!entry) return false;
    fs::remove_all(at("back"));
    for (const auto& item : entry->items) {
      if (!cache.restore(key, item, at("back") / item.name.substr(7))) return false;
    }
    return base::read_file(at("back") / "clean") == "a\n1\n" &&
           base::read_file(at("back") / "tree" / "x" / "y") == "deep" && entry->facts.at("rows") == 1;
  }

 private:
  base::TemporaryDirectory directory_;

 public:
  data::StepCache cache;
  data::CacheKey key;
};

data::CacheKey key_of(int number) {
  return data::CacheKey(base::Json{{"n", number}});
}

void flip(const fs::path& file, std::size_t at) {
  auto bytes = base::read_file(file);
  bytes.at(at) = static_cast<char>(bytes.at(at) ^ 1);
  base::write_file(file, bytes);
}

}  // namespace

TEST_CASE("what was stored comes back, with its modes") {
  Filled filled;
  REQUIRE(filled.restore());
  CHECK((fs::status(filled.at("back") / "tree" / "x" / "y").permissions() & fs::perms::owner_exec) !=
        fs::perms::none);
  CHECK(fs::exists(filled.at("back") / "tree" / "empty"));
  CHECK_FALSE(filled.cache.find(key_of(2)));
  CHECK_FALSE(data::StepCache(filled.at("nowhere")).find(filled.key));
}

TEST_CASE("a changed or missing blob is a miss, and storing again heals it") {
  Filled filled;
  SECTION("flipped") {
    flip(filled.blob("a\n1\n"), 2);
  }
  SECTION("shortened") {
    base::write_file(filled.blob("deep"), "dee");
  }
  SECTION("gone") {
    fs::remove(filled.blob("deep"));
  }
  SECTION("a directory") {
    const auto blob = filled.blob("deep");
    fs::remove(blob);
    fs::create_directory(blob);
    CHECK_FALSE(filled.restore());
    fs::remove(blob);
  }
  CHECK_FALSE(filled.restore());
  CHECK_FALSE(fs::exists(filled.manifest()));
  CHECK(filled.store() == data::Stored::added);
  CHECK(filled.restore());
}

TEST_CASE("no flipped bit in a manifest makes a wrong hit") {
  Filled filled;
  const auto whole = base::read_file(filled.manifest());
  for (std::size_t i = 0; i + 1 < whole.size(); ++i) {
    base::write_file(filled.manifest(), whole);
    flip(filled.manifest(), i);
    INFO(i);
    CHECK_FALSE(filled.cache.find(filled.key));
  }
  base::write_file(filled.manifest(), whole.substr(0, whole.size() / 2));
  CHECK_FALSE(filled.cache.find(filled.key));
}

TEST_CASE("a manifest under another key's name is not believed") {
  Filled filled;
  const auto other = key_of(2);
  fs::copy_file(filled.manifest(), filled.manifest().parent_path() / other.hex());
  CHECK_FALSE(filled.cache.find(other));
}

TEST_CASE("the first entry of a key stays") {
  Filled filled;
  CHECK(filled.store() == data::Stored::kept_equal);
  base::write_file(filled.at("made.csv"), "a\n2\n");
  CHECK(filled.store() == data::Stored::kept_other);
  CHECK(filled.restore());
}

TEST_CASE("a store that cannot be written to does not stop the step") {
  const base::TemporaryDirectory directory;
  base::write_file(directory.path() / "in", "x");
  base::write_file(directory.path() / "file", "");
  data::StepCache cache(directory.path() / "file");
  CHECK(cache.store(key_of(1), {{"output/a", directory.path() / "in"}}, nullptr) == data::Stored::failed);
}

TEST_CASE("the differences of two keys are told member by member") {
  const base::Json before{{"inputs", {{"raw", "a"}}}, {"steps", {1, 2}}, {"old", true}};
  const base::Json now{{"inputs", {{"raw", "b"}}}, {"steps", {1, 3, 4}}};
  CHECK(data::key_differences(before, now) ==
        std::vector<std::string>{"inputs.raw: a is now b", "old: true is gone", "steps[1]: 2 is now 3",
                                 "steps[2]: 4 is new"});
  Filled filled;
  CHECK(filled.cache.newest_like({{"n", 1}, {"m", 2}}, {"n"})->items.size() == 2);
  CHECK_FALSE(filled.cache.newest_like({{"n", 2}}, {"n"}));
}
