#include "cli/results.hpp"

#include "base/error.hpp"
#include "base/files.hpp"
#include "support/catch.hpp"

namespace {

cli::StepTable table() {
  cli::StepTable made;
  made.name = "example";
  made.results = {{"IMAGE_DIGEST", "Digest."}, {"verdict", "Verdict."}};
  return made;
}

}  // namespace

TEST_CASE("every declared result exists from the start and has no trailing line feed at the end") {
  const base::TemporaryDirectory directory;
  cli::Results results(table());
  const cli::ResultFiles files{directory.path(), {{"verdict", directory.path() / "elsewhere" / "v"}}};
  cli::create_empty(files, results);
  CHECK(base::read_file(directory.path() / "IMAGE_DIGEST").empty());
  CHECK(base::read_file(directory.path() / "elsewhere" / "v").empty());
  results.set("verdict", "pass\n");
  cli::write(files, results);
  CHECK(base::read_file(directory.path() / "elsewhere" / "v") == "pass");
}

TEST_CASE("a result that is not declared is a bug of the step") {
  cli::Results results(table());
  CHECK_THROWS_AS(results.set("verdikt", "pass"), base::Error);
}

TEST_CASE("results that Tekton would not carry are refused by our own count") {
  const base::TemporaryDirectory directory;
  cli::Results results(table());
  results.set("verdict", std::string(4096, 'x'));
  CHECK_THROWS_WITH(cli::write({directory.path(), {}}, results), Catch::Contains("the largest is verdict"));
  // 65 bytes of frame, 30 and the quotes per result; an angle bracket takes six bytes in Go's JSON.
  CHECK(cli::tekton_message_size({{"a", "<"}}) == 65 + 30 + 1 + 8);
}
