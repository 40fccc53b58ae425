#include "preprocess-runner/plan.hpp"

#include "base/error.hpp"
#include "base/files.hpp"
#include "preprocess-runner/command.hpp"
#include "support/catch.hpp"

namespace {

namespace fs = std::filesystem;
using preprocess_runner::Config;

class Place {
 public:
  Place() {
    base::write_file(at("raw.csv"), "a\n1\n");
    base::write_file(at("prep.sh"), "cp $1 $2\n");
  }
  std::string at(const std::string& name) const { return (directory_.path() / name).string(); }
  Config config() const {
    Config config;
    config.input = {{"raw", at("raw.csv")}};
    config.output = {{"clean", at("clean.csv")}};
    config.command = {"sh", at("prep.sh"), "{input.raw}", "{output.clean}"};
    return config;
  }
  static std::string key(const Config& config) {
    return preprocess_runner::cache_key(preprocess_runner::make_plan(config), config).hex();
  }

 private:
  base::TemporaryDirectory directory_;
};

}  // namespace

TEST_CASE("placeholders are filled in, other braces stay") {
  CHECK(preprocess_runner::filled_in({"a", "--in={input.raw}", "{\"x\": {output.clean}}", "{input"},
                                     {{"input.raw", "/r"}, {"output.clean", "/c"}}) ==
        std::vector<std::string>{"a", "--in=/r", "{\"x\": /c}", "{input"});
}

TEST_CASE("the key follows content, not places") {
  const Place place;
  const auto key = Place::key(place.config());
  CHECK(key.size() == 64);
  CHECK(Place::key(place.config()) == key);

  auto moved = place.config();
  fs::copy_file(place.at("raw.csv"), place.at("copy.csv"));
  moved.input = {{"raw", place.at("copy.csv")}};
  moved.output = {{"clean", place.at("elsewhere.csv")}};
  CHECK(Place::key(moved) == key);

  auto renamed = place.config();
  renamed.output = {{"clean", place.at("clean.parquet")}};
  CHECK(Place::key(renamed) != key);
  base::write_file(place.at("prep.sh"), "cat $1 > $2\n");
  CHECK(Place::key(place.config()) != key);
}

TEST_CASE("an input that is written to after the plan is noticed") {
  const Place place;
  const auto plan = preprocess_runner::make_plan(place.config());
  CHECK_NOTHROW(preprocess_runner::check_inputs_unchanged(plan));
  base::write_file(place.at("raw.csv"), "a\n2\n");
  CHECK_THROWS_AS(preprocess_runner::check_inputs_unchanged(plan), base::Error);
}
