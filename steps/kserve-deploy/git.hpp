// Git, the real executable, in one working tree.
//
// The user's configuration, hooks and credential helpers hold; nothing asks on a terminal. Commands that
// speak to a remote are tried again when the network failed.
//
// Errors: Error{precondition} with Git's own words for what the user can mend, Error{unavailable} for a
// remote that cannot be reached after all tries.   Threads: main thread.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "kserve-deploy/names.hpp"

namespace kserve_deploy {

class Git {
 public:
  struct Answer {
    int exit_code = 0;
    std::string out;
    std::string err;
    bool ok() const { return exit_code == 0; }
  };

  // `author` is also the committer unless the environment names another.
  Git(std::filesystem::path directory, const std::optional<Author>& author);

  const std::filesystem::path& directory() const { return directory_; }

  // Whatever the command answers is an answer.
  Answer ask(const std::vector<std::string>& arguments, const std::string& input = "") const;
  // Standard output, unless the command fails.
  std::string run(const std::vector<std::string>& arguments, const std::string& input = "") const;
  // As run, without the final line feed.
  std::string line(const std::vector<std::string>& arguments) const;
  // For commands that speak to a remote.
  Answer ask_remote(const std::vector<std::string>& arguments) const;
  void run_remote(const std::vector<std::string>& arguments) const;

 private:
  std::filesystem::path directory_;
  std::map<std::string, std::string> environment_;
};

// A path as Git shall take it: as it stands, not as a pattern.
std::string literal(const std::string& path);

// A failed answer in Git's own words, with the kind that fits.
base::Error git_error(const std::vector<std::string>& arguments, const Git::Answer& answer);

}  // namespace kserve_deploy
