#include "train-launcher/plan.hpp"

#include <functional>

#include "base/error.hpp"
#include "base/files.hpp"
#include "support/catch.hpp"

using train_launcher::Config;
using train_launcher::make_plan;

namespace {

std::vector<std::string> words(Config config, const std::vector<std::string>& command) {
  config.command = command;
  return make_plan(config).command.argv;
}

// The message of the error that `action` ends with.
std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const base::Error& error) {
    return error.message();
  }
  return "";
}

}  // namespace

TEST_CASE("placeholders in the command are replaced, other braces stand") {
  Config config;
  config.param = {{"lr", "0.1"}};
  config.model_dir = "out";
  config.seed = 7;
  CHECK(
      words(config, {"train", "--lr={param.lr}", "{model-dir}/x", "{seed}{seed}", "{}", "{\"a\":{param.lr}}",
                     "${HOME}", "{", "}"}) ==
      std::vector<std::string>{"train", "--lr=0.1", "out/x", "77", "{}", "{\"a\":0.1}", "${HOME}", "{", "}"});
}

TEST_CASE("a value that looks like a placeholder is not replaced again") {
  Config config;
  config.param = {{"a", "{param.a}"}};
  CHECK(words(config, {"x", "{param.a}"})[1] == "{param.a}");
}

TEST_CASE("a placeholder for what is not given is an error with a hint") {
  Config config;
  config.param = {{"depth", "3"}};
  CHECK_THROWS_WITH(
      words(config, {"x", "{param.dept}"}),
      "the command names {param.dept}, but that option is not given, did you mean 'param.depth'?");
  CHECK_THROWS_WITH(words(config, {"x", "{model-dir}"}),
                    "the command names {model-dir}, but that option is not given");
}

TEST_CASE("paths are absolute for a command that runs elsewhere") {
  Config config;
  config.model_dir = "out";
  config.working_dir = "/";
  CHECK(words(config, {"x", "{model-dir}"})[1] == (base::fs::current_path() / "out").string());
}

TEST_CASE("data are digested: a file by its bytes, a directory by its tree") {
  const base::TemporaryDirectory directory;
  base::write_file(directory.path() / "a.csv", "hello\n");
  Config config;
  config.command = {"x"};
  config.data = {{"file", (directory.path() / "a.csv").string()}, {"directory", directory.path().string()}};
  const auto data = make_plan(config).data;
  REQUIRE(data.size() == 2);
  CHECK(data[0].digest.text() == "sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03");
  CHECK(data[1].digest.text() == "sha256:aefbb810b92a6de5fbfa3776e632d344737943acda69a8222906bc897e6bbd47");
}

TEST_CASE("what cannot be recorded or run is refused before the start") {
  Config config;
  CHECK(refusal([&] { make_plan(config); }).find("no command was given") == 0);
  CHECK_THROWS_WITH(words(config, {"x", "\xff"}), "'\\xff' is not UTF-8");
  config.data = {{"train", "/no/such.csv"}};
  CHECK(refusal([&] { words(config, {"x"}); }).find("--data train: ") == 0);
  config.data = {};
  config.param = {{"a", "1"}, {"a", "2"}};
  CHECK_THROWS_WITH(words(config, {"x"}), "option '--param': 'a' is given twice");
}
