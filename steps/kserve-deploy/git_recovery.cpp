#include "kserve-deploy/git_recovery.hpp"

#include <chrono>
#include <set>
#include <system_error>

#include "base/error.hpp"
#include "base/log.hpp"

namespace kserve_deploy {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes longest_wait{10};

// Git's lock files that are not older than `since`: of refs at any depth, of everything else at the top.
void collect_locks(const fs::path& directory, fs::file_time_type since, std::set<fs::path>& locks) {
  std::error_code code;
  for (auto each = fs::directory_iterator(directory, code); !code && each != fs::directory_iterator();
       each.increment(code)) {
    std::error_code gone;
    const bool in_refs =
        each->path().filename() == "refs" || directory.string().find("/refs") != std::string::npos;
    if (each->is_directory(gone)) {
      if (in_refs && !each->is_symlink(gone)) collect_locks(each->path(), since, locks);
    } else if (each->path().extension() == ".lock" && each->last_write_time(gone) >= since && !gone) {
      locks.insert(each->path());
    }
  }
}

}  // namespace

GitRecovery::GitRecovery(const Git& git)
    : git_directory_(git.line({"rev-parse", "--absolute-git-dir"})),
      marker_(git_directory_ / "kserve-deploy.unfinished") {
  lock_.emplace(git_directory_ / "kserve-deploy.flock", longest_wait);
  left_behind_ = base::read_file_if_exists(marker_);
  if (!left_behind_) return;
  base::log_warning("an earlier run was killed in this repository; taking back what it left half-made");
  remove_git_leftovers(git);
}

GitRecovery::~GitRecovery() = default;

void GitRecovery::remove_git_leftovers(const Git& git) const {
  const auto since = fs::last_write_time(marker_);
  std::set<fs::path> locks;
  const fs::path common = git.line({"rev-parse", "--path-format=absolute", "--git-common-dir"});
  for (const auto& directory : {git_directory_, common}) collect_locks(directory, since, locks);
  for (const auto& lock : locks) {
    std::error_code gone;
    fs::remove(lock, gone);
  }
  if (fs::exists(git_directory_ / "rebase-merge") || fs::exists(git_directory_ / "rebase-apply"))
    git.run({"rebase", "--abort"});
}

void GitRecovery::begin(const std::string& text) {
  base::write_file(marker_, text);
}

void GitRecovery::done() {
  std::error_code gone;
  fs::remove(marker_, gone);
  left_behind_.reset();
}

}  // namespace kserve_deploy
