// GitCheckout: the working tree in which a manifest is changed, the user's own or a clone for this run.
//
// The user's is held by one step at a time (a lock in its .git directory), and what a killed run left there
// is taken back first: its half-made change, lock files of Git, a rebase that was under way.
//
// Errors: as Git; Error{precondition} for a directory that is no working tree, another branch than the one
// that is asked for, changes to the file that are in no commit, and a lost race.   Threads: main thread.
#pragma once

#include <optional>
#include <string>

#include "base/files.hpp"
#include "kserve-deploy/git.hpp"
#include "kserve-deploy/git_recovery.hpp"
#include "kserve-deploy/names.hpp"

namespace kserve_deploy {

struct GitTarget {
  std::optional<std::filesystem::path> directory;  // exactly one of the two is set
  std::optional<GitUrl> url;
  std::optional<std::string> branch;  // missing: the one that is checked out, or the remote's default
  std::optional<Author> author;
  std::string file;   // in the directory or the clone
  bool push = false;  // a clone is always pushed
};

enum class Access { read, change };

class GitCheckout {
 public:
  GitCheckout(const GitTarget& target, Access access);
  GitCheckout(const GitCheckout&) = delete;
  GitCheckout& operator=(const GitCheckout&) = delete;

  const Git& git() const { return *git_; }
  const std::string& file() const { return target_.file; }
  const std::string& branch() const { return branch_; }

  // The file as the last commit has it; missing when it is not there.
  std::optional<std::string> committed() const;
  // The file in the working tree, which must be as committed.
  std::optional<std::string> unchanged_text() const;
  // Replaces the file and commits it alone, under the user's hooks. If they refuse, the file is as before.
  void commit(const std::string& text, const std::string& message);
  std::string head() const { return git_->line({"rev-parse", "HEAD"}); }
  // Makes the whole history available; a clone starts with one commit.
  void deepen() const;

  // Takes over what the remote has by now; does nothing for a target without push.
  void update();
  // Sends the branch to the remote, if it has something new. When somebody else was there first, our commits
  // are put on top of theirs and sent again; a conflict takes back the commit of this run.
  void publish();

 private:
  void open_directory(Access access);
  void clone();
  void find_branch();
  bool exists_in_head() const;
  void take_back_change();
  std::string remote_branch() const { return "refs/remotes/" + remote_ + "/" + branch_; }
  bool fetch() const;
  std::size_t commits_between(const std::string& from, const std::string& to) const;
  bool push_once() const;
  void rebase();

  GitTarget target_;
  std::optional<base::TemporaryDirectory> temporary_;
  std::optional<Git> git_;
  std::optional<GitRecovery> recovery_;  // in the user's own working tree, when it is changed
  std::string branch_;                   // empty on a detached HEAD
  std::string remote_ = "origin";
  std::string own_commit_;  // made by this run
};

}  // namespace kserve_deploy
