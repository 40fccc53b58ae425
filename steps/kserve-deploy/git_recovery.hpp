// GitRecovery: makes a run that is killed while it changes the user's repository harmless to the next one.
//
// A lock in the .git directory keeps a second run out; the kernel frees it with the process. A marker beside
// it says that a run is changing the repository, and to what it sets the file. Found at the start, it tells
// that the run was killed. Git's own lock files that are younger than the marker were left by it: Git dies
// with the step.
//
// Errors: those of base/files.hpp; Error{precondition} when another run holds the lock too long.   Threads:
// one.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/files.hpp"
#include "kserve-deploy/git.hpp"

namespace kserve_deploy {

class GitRecovery {
 public:
  // Waits for the lock.
  explicit GitRecovery(const Git& git);
  ~GitRecovery();
  GitRecovery(const GitRecovery&) = delete;
  GitRecovery& operator=(const GitRecovery&) = delete;

  // What the killed run was writing into the file; missing when none was killed. Git's leftovers are gone by
  // now.
  const std::optional<std::string>& left_behind() const { return left_behind_; }

  // From here to `done`, a kill leaves something to clean up. `text` is what the file gets.
  void begin(const std::string& text);
  void done();

 private:
  void remove_git_leftovers(const Git& git) const;

  std::filesystem::path git_directory_;
  std::filesystem::path marker_;
  std::optional<base::FileLock> lock_;
  std::optional<std::string> left_behind_;
};

}  // namespace kserve_deploy
