#include "kserve-deploy/git_checkout.hpp"

#include <chrono>
#include <system_error>

#include "base/interrupt.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace kserve_deploy {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;

constexpr int most_pushes = 10;
constexpr std::chrono::milliseconds between_pushes{200};

// Whether a refused push says that somebody else was there first. From `git push --porcelain`.
bool lost_the_race(const std::string& words) {
  for (const auto* sign : {"fetch first", "non-fast-forward", "stale info", "cannot lock ref",
                           "failed to update ref", "incorrect old value"}) {
    if (words.find(sign) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

GitCheckout::GitCheckout(const GitTarget& target, Access access) : target_(target) {
  if (target_.url) {
    clone();
  } else {
    open_directory(access);
  }
  find_branch();
}

void GitCheckout::clone() {
  temporary_.emplace();
  const auto directory = temporary_->path() / "checkout";
  std::vector<std::string> arguments{"clone", "--quiet", "--depth=1", "--single-branch", "--no-tags"};
  if (target_.branch) arguments.insert(arguments.end(), {"--branch", *target_.branch});
  arguments.insert(arguments.end(), {"--", target_.url->value, directory.string()});
  Git(temporary_->path(), target_.author).run_remote(arguments);
  git_.emplace(directory, target_.author);
  target_.push = true;
}

void GitCheckout::open_directory(Access access) {
  if (!fs::is_directory(*target_.directory)) {
    throw Error(
        ErrorKind::precondition,
        target_.directory->string() + " is not a directory; expected a checkout, or give its --git-url");
  }
  git_.emplace(*target_.directory, target_.author);
  git_->run({"rev-parse", "--show-toplevel"});
  if (access == Access::read) return;
  recovery_.emplace(*git_);
  if (recovery_->left_behind()) take_back_change();
}

void GitCheckout::find_branch() {
  branch_ = std::string(base::trim(git_->ask({"symbolic-ref", "--quiet", "--short", "HEAD"}).out));
  if (branch_.empty()) {
    branch_ = target_.branch.value_or("");
    if (branch_.empty() && target_.push) {
      throw Error(ErrorKind::precondition,
                  "no branch is checked out (detached HEAD); give --git-branch, the one to push to");
    }
  } else if (target_.branch && branch_ != *target_.branch) {
    throw Error(ErrorKind::precondition, "the branch " + branch_ + " is checked out, asked for is " +
                                             *target_.branch + "; switch to it, or give --git-url");
  }
  const auto configured = base::trim(git_->ask({"config", "--get", "branch." + branch_ + ".remote"}).out);
  if (!configured.empty()) remote_ = std::string(configured);
}

bool GitCheckout::exists_in_head() const {
  if (!git_->ask({"rev-parse", "--quiet", "--verify", "HEAD"}).ok()) return false;
  return !git_->line({"ls-tree", "HEAD", "--", target_.file}).empty();
}

std::optional<std::string> GitCheckout::committed() const {
  if (!exists_in_head()) return std::nullopt;
  return git_->run({"cat-file", "blob", "HEAD:./" + target_.file});
}

std::optional<std::string> GitCheckout::unchanged_text() const {
  const auto changes = git_->line(
      {"status", "--porcelain", "--untracked-files=all", "--ignored=no", "--", literal(target_.file)});
  if (!changes.empty()) {
    throw Error(ErrorKind::precondition, target_.file + " has changes that are in no commit (git status: " +
                                             base::printable(changes, 200) + "); commit or discard them");
  }
  return base::read_file_if_exists(git_->directory() / target_.file);
}

void GitCheckout::commit(const std::string& text, const std::string& message) {
  if (recovery_) recovery_->begin(text);
  base::write_file(git_->directory() / target_.file, text);
  const std::vector<std::string> add{"add", "--", literal(target_.file)};
  auto answer = git_->ask(add);
  if (answer.ok()) {
    // Only this file: what the user has staged beside it stays staged.
    answer = git_->ask(
        {"commit", "--quiet", "--cleanup=whitespace", "--file=-", "--only", "--", literal(target_.file)},
        message);
  }
  if (!answer.ok()) {
    take_back_change();
    throw git_error({"commit"}, answer).with_context(target_.file + " is left as it was");
  }
  own_commit_ = head();
  if (recovery_) recovery_->done();
}

// The file as the last commit has it, unless somebody wrote something else into it since.
void GitCheckout::take_back_change() {
  const auto path = git_->directory() / target_.file;
  const bool ours =
      !recovery_ || !recovery_->left_behind() || base::read_file_if_exists(path) == recovery_->left_behind();
  if (ours && exists_in_head()) {
    git_->run({"checkout", "--quiet", "HEAD", "--", literal(target_.file)});
  } else if (ours) {
    git_->run({"rm", "--quiet", "--cached", "--ignore-unmatch", "--", literal(target_.file)});
    std::error_code gone;
    fs::remove(path, gone);
  }
  if (recovery_) recovery_->done();
}

void GitCheckout::deepen() const {
  if (git_->line({"rev-parse", "--is-shallow-repository"}) != "true" || !temporary_) return;
  git_->run_remote({"fetch", "--quiet", "--no-tags", "--unshallow", remote_});
}

// False when the remote has no such branch yet.
bool GitCheckout::fetch() const {
  const std::vector<std::string> arguments{"fetch", "--quiet", "--no-tags", remote_,
                                           "+refs/heads/" + branch_ + ":" + remote_branch()};
  const auto answer = git_->ask_remote(arguments);
  if (answer.ok()) return true;
  if (answer.err.find("couldn't find remote ref") != std::string::npos) return false;
  throw git_error(arguments, answer);
}

std::size_t GitCheckout::commits_between(const std::string& from, const std::string& to) const {
  return static_cast<std::size_t>(
      base::parse_integer(git_->line({"rev-list", "--count", from + ".." + to})).value_or(0));
}

void GitCheckout::update() {
  if (!target_.push || temporary_ || !fetch() || commits_between("HEAD", remote_branch()) == 0) return;
  if (commits_between(remote_branch(), "HEAD") == 0) {
    git_->run({"merge", "--quiet", "--ff-only", remote_branch()});
  } else {
    rebase();
  }
}

bool GitCheckout::push_once() const {
  const std::vector<std::string> arguments{"push", "--porcelain", remote_, "HEAD:refs/heads/" + branch_};
  const auto answer = git_->ask_remote(arguments);
  if (answer.ok()) return true;
  if (lost_the_race(answer.out + answer.err)) return false;
  throw git_error(arguments, {answer.exit_code, "", answer.out + answer.err});
}

void GitCheckout::publish() {
  if (!target_.push) return;
  for (int pushed = 0; pushed < most_pushes; ++pushed) {
    const bool known = git_->ask({"rev-parse", "--quiet", "--verify", remote_branch()}).ok();
    if (known && commits_between(remote_branch(), "HEAD") == 0) return;
    if (push_once()) {
      base::log_info("pushed " + head().substr(0, 12) + " to " + branch_, {{"remote", remote_}});
      return;
    }
    base::log_info("the remote branch moved in the meantime; putting the commit on top of it");
    fetch();
    rebase();
    base::interruptible_sleep(between_pushes * pushed);
  }
  throw Error(ErrorKind::precondition, "the remote branch " + branch_ + " moved " +
                                           std::to_string(most_pushes) +
                                           " times while pushing; run again when it is quieter");
}

void GitCheckout::rebase() {
  const auto before = head();
  if (recovery_) recovery_->begin("");
  const auto answer = git_->ask({"rebase", "--quiet", remote_branch()});
  if (answer.ok()) {
    // Git drops a commit whose change is there already.
    const bool dropped = commits_between(remote_branch(), "HEAD") == 0;
    if (before == own_commit_) own_commit_ = dropped ? "" : head();
    if (recovery_) recovery_->done();
    return;
  }
  git_->ask({"rebase", "--abort"});
  const bool undo = !own_commit_.empty() && before == own_commit_;
  if (undo) git_->run({"reset", "--quiet", "--keep", before + "~1"});
  if (recovery_) recovery_->done();
  throw Error(ErrorKind::precondition,
              "somebody else changed " + target_.file + " on " + branch_ +
                  " in the meantime, and this change conflicts (" +
                  base::printable(std::string(base::trim(answer.err + answer.out)), 500) + "); " +
                  (undo ? "the commit of this run was taken back; " : "") +
                  "look at the remote branch, then run again if the deployment is still wanted");
}

}  // namespace kserve_deploy
