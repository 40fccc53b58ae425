// Workspace: the outputs in the making, each in a hidden directory beside its target under its own file name,
// so that a failed, killed or cancelled run leaves the targets as they were.
//
// Errors: Error{precondition} when a target's directory cannot be written to.   Threads: main thread.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "base/files.hpp"
#include "preprocess-runner/plan.hpp"

namespace preprocess_runner {

class Workspace {
 public:
  explicit Workspace(const std::vector<Output>& outputs);

  // Where the output is made.
  const std::filesystem::path& staged(const std::string& name) const { return staged_.at(name).path; }
  // Where the output's content is now: staged, or its target when that already had it.
  const std::filesystem::path& current(const std::string& name) const;
  // The target has the right content; nothing is to be published.
  void keep_target(const std::string& name) { staged_.at(name).keep = true; }
  // Forgets what has been staged or kept.
  void start_over();
  // Gives every staged output its target's name.
  void publish();

 private:
  struct Staged {
    std::unique_ptr<base::StagedDirectory> directory;
    std::filesystem::path path;
    std::filesystem::path target;
    bool keep = false;
  };
  std::map<std::string, Staged> staged_;
};

}  // namespace preprocess_runner
