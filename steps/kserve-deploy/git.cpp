#include "kserve-deploy/git.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/interrupt.hpp"
#include "base/log.hpp"
#include "base/process.hpp"
#include "base/text.hpp"

namespace kserve_deploy {
namespace {

using base::Error;
using base::ErrorKind;
using std::chrono::milliseconds;

constexpr auto longest = std::chrono::minutes(30);  // a clone of a large repository over a slow line
constexpr int tries = 4;
constexpr milliseconds first_wait{500};

// What Git, curl and ssh print when the network and not the user is at fault.
bool is_passing(std::string_view words) {
  constexpr std::array<std::string_view, 14> signs{"Could not resolve host",
                                                   "Couldn't connect",
                                                   "Failed to connect",
                                                   "Connection refused",
                                                   "Connection reset",
                                                   "Connection timed out",
                                                   "Operation timed out",
                                                   "Temporary failure in name resolution",
                                                   "unexpected disconnect",
                                                   "early EOF",
                                                   "The requested URL returned error: 5",
                                                   "The requested URL returned error: 429",
                                                   "Empty reply from server",
                                                   "timed out"};
  return std::any_of(signs.begin(), signs.end(),
                     [&](std::string_view sign) { return words.find(sign) != std::string_view::npos; });
}

std::string remedy_for(std::string_view words) {
  const auto says = [&](std::string_view sign) { return words.find(sign) != std::string_view::npos; };
  if (says("tell me who you are") || says("empty ident"))
    return "; give --author 'Name <mail>' or set GIT_AUTHOR_NAME and GIT_AUTHOR_EMAIL";
  if (says("dubious ownership")) return "; run as its owner, or add the directory to safe.directory";
  if (says("could not read Username") || says("Authentication failed") ||
      says("Permission denied (publickey"))
    return "; give Git credentials: a credential helper, GIT_ASKPASS or an SSH key";
  return "";
}

}  // namespace

std::string literal(const std::string& path) {
  return ":(literal)" + path;
}

Error git_error(const std::vector<std::string>& arguments, const Git::Answer& answer) {
  const auto words = std::string(base::trim(answer.err.empty() ? answer.out : answer.err));
  const auto kind = is_passing(words) ? ErrorKind::unavailable : ErrorKind::precondition;
  return Error(kind, "git " + arguments.front() + ": " + base::printable(words, 1500) + remedy_for(words));
}

Git::Git(std::filesystem::path directory, const std::optional<Author>& author)
    : directory_(std::move(directory)), environment_(base::current_environment()) {
  environment_["GIT_TERMINAL_PROMPT"] = "0";
  environment_["LC_ALL"] = "C";  // its words decide what is tried again
  environment_["GIT_EDITOR"] = "true";
  // A step that runs inside a hook must not work on that hook's repository.
  for (const auto* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"}) environment_.erase(name);
  if (!author) return;
  environment_["GIT_AUTHOR_NAME"] = author->name;
  environment_["GIT_AUTHOR_EMAIL"] = author->mail;
  environment_.emplace("GIT_COMMITTER_NAME", author->name);
  environment_.emplace("GIT_COMMITTER_EMAIL", author->mail);
}

Git::Answer Git::ask(const std::vector<std::string>& arguments, const std::string& input) const {
  base::Command command;
  // No housekeeping in the background: it would outlive the step.
  command.argv = {"git", "-c", "gc.auto=0", "-c", "maintenance.auto=false"};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.environment = environment_;
  command.working_directory = directory_;
  command.input = input;
  const auto captured = base::run_and_capture(command, longest);
  return {captured.completion.exit_code, captured.out, captured.err};
}

std::string Git::run(const std::vector<std::string>& arguments, const std::string& input) const {
  const auto answer = ask(arguments, input);
  if (!answer.ok()) throw git_error(arguments, answer);
  return answer.out;
}

std::string Git::line(const std::vector<std::string>& arguments) const {
  return std::string(base::trim(run(arguments)));
}

Git::Answer Git::ask_remote(const std::vector<std::string>& arguments) const {
  auto wait = first_wait;
  for (int tried = 1;; ++tried) {
    auto answer = ask(arguments);
    if (answer.ok() || !is_passing(answer.err) || tried == tries) return answer;
    base::log_warning("git " + arguments.front() +
                      " failed, trying again: " + base::printable(std::string(base::trim(answer.err)), 300));
    base::interruptible_sleep(wait);
    wait *= 2;
  }
}

void Git::run_remote(const std::vector<std::string>& arguments) const {
  const auto answer = ask_remote(arguments);
  if (!answer.ok()) throw git_error(arguments, answer);
}

}  // namespace kserve_deploy
