#include "train-launcher/progress.hpp"

#include <cstdlib>

#include "base/error.hpp"
#include "base/files.hpp"
#include "support/catch.hpp"

using train_launcher::Pattern;
using train_launcher::Progress;

namespace {

// What stands in the progress file after `line`; empty when nothing was written.
std::string published(const std::string& pattern, const std::string& line) {
  const base::TemporaryDirectory directory;
  const auto file = directory.path() / "progress";
  ::setenv("ARGO_PROGRESS_FILE", file.c_str(), 1);
  Progress progress(Pattern::parse(pattern));
  ::unsetenv("ARGO_PROGRESS_FILE");
  progress.find(line);
  progress.publish();
  return base::read_file_if_exists(file).value_or("");
}

}  // namespace

TEST_CASE("progress is found as a percentage, a fraction or a part of a whole") {
  CHECK(published("(\\d+)%", " 45%|####      |") == "45/100");
  CHECK(published("progress ([0-9.]+%?)", "progress 45%") == "45/100");
  CHECK(published("progress ([0-9.]+%?)", "progress 1%") == "1/100");
  CHECK(published("progress ([0-9.]+%?)", "progress 0.45") == "45/100");
  CHECK(published("epoch (\\d+)/(\\d+)", "epoch 3/12") == "25/100");
  CHECK(published("(\\d+)%", "10% 20% 30%") == "30/100");
}

TEST_CASE("what is no progress is left aside") {
  CHECK(published("(\\d+)%", "no percentage").empty());
  CHECK(published("(\\d+)%", "250%").empty());
  CHECK(published("epoch (\\d+)/(\\d+)", "epoch 3/0").empty());
  CHECK_THROWS_AS(Progress(Pattern::parse("epoch")), base::Error);
}
