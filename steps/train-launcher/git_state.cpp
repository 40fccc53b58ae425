#include "train-launcher/git_state.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "base/log.hpp"
#include "base/process.hpp"
#include "base/text.hpp"

namespace train_launcher {
namespace {

bool git_is_installed() {
  const char* path = std::getenv("PATH");
  if (path == nullptr) return false;
  const auto directories = base::split(path, ':');
  return std::any_of(directories.begin(), directories.end(), [](const std::string& each) {
    std::error_code ignored;
    return !each.empty() && std::filesystem::is_regular_file(std::filesystem::path(each) / "git", ignored);
  });
}

base::Captured git(const std::filesystem::path& directory, std::vector<std::string> words) {
  words.insert(words.begin(), {"git", "--no-optional-locks"});
  base::Command command{.argv = std::move(words)};
  command.working_directory = directory;
  return base::run_and_capture(command, std::chrono::seconds(30));
}

bool is_commit(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

base::Json git_state(const std::filesystem::path& directory) {
  if (!git_is_installed()) return {};
  const auto head = git(directory, {"rev-parse", "--verify", "HEAD"});
  const std::string commit(base::trim(head.out));
  if (!head.completion.ok() || !is_commit(commit)) {
    base::log_debug("no Git commit to record: " + base::printable(base::trim(head.err), 300));
    return {};
  }
  const auto status = git(directory, {"status", "--porcelain"});
  if (!status.completion.ok()) return {};
  return {{"commit", commit}, {"dirty", !status.out.empty()}};
}

}  // namespace train_launcher
