#include "base/process.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/interrupt.hpp"
#include "base/text.hpp"
#include "support/catch.hpp"

using namespace std::chrono_literals;
using base::Command;
using base::Ending;
using base::Stream;
using base::Supervision;

namespace {

Command shell(const std::string& script) {
  return Command{.argv = {"sh", "-c", script}};
}

Supervision with_grace(std::chrono::milliseconds grace) {
  Supervision supervision;
  supervision.grace = grace;
  return supervision;
}

std::chrono::milliseconds elapsed_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
}

// The process whose number stands in `file` has gone, or is a zombie that nobody has collected yet.
bool has_ended(const base::fs::path& file) {
  const auto pid = base::parse_integer(base::trim(base::read_file(file)));
  REQUIRE(pid);
  for (int i = 0; i < 100; ++i) {
    if (::kill(static_cast<pid_t>(*pid), 0) != 0) return true;
    std::ifstream status("/proc/" + std::to_string(*pid) + "/stat");
    const std::string text(std::istreambuf_iterator<char>(status), {});
    if (text.find(") Z ") != std::string::npos) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

std::string message_of(const std::function<void()>& action, base::ErrorKind kind) {
  try {
    action();
  } catch (const base::Error& error) {
    CHECK(error.kind() == kind);
    return error.message();
  }
  FAIL("no error");
  return "";
}

}  // namespace

TEST_CASE("a command's exit code and both streams come back") {
  const auto captured = base::run_and_capture(shell("echo out; echo err >&2; exit 3"), 10s);
  CHECK(captured.completion.exit_code == 3);
  CHECK(captured.completion.signal == 0);
  CHECK_FALSE(captured.completion.ok());
  CHECK(captured.completion.ending == Ending::by_itself);
  CHECK(captured.out == "out\n");
  CHECK(captured.err == "err\n");
}

TEST_CASE("arguments reach the program as they stand, without a shell") {
  const Command command{.argv = {"printf", "%s|", "a b", "$HOME", "*", "", "'\""}};
  CHECK(base::run_and_capture(command, 10s).out == "a b|$HOME|*||'\"|");
}

TEST_CASE("a signal that ends the child is reported") {
  const auto completion = base::run(shell("kill -SEGV $$"), {});
  CHECK(completion.signal == SIGSEGV);
  CHECK(completion.exit_code == 128 + SIGSEGV);
}

TEST_CASE("environment, working directory and input are the child's") {
  const base::TemporaryDirectory directory;
  Command command{.argv = {"/bin/sh", "-c", "pwd; echo $A; env | grep -c .; cat"}};
  command.environment = std::map<std::string, std::string>{{"A", "b"}};
  command.working_directory = base::fs::canonical(directory.path());
  command.input = "from stdin";
  const auto captured = base::run_and_capture(command, 10s);
  CHECK(captured.out == command.working_directory.string() + "\nb\n2\nfrom stdin");  // 2: A and sh's own PWD
}

TEST_CASE("input larger than a pipe goes through while output comes back") {
  Command command{.argv = {"cat"}};
  command.input = std::string(5'000'000, 'x');
  CHECK(base::run_and_capture(command, 30s).out == command.input);
}

TEST_CASE("a child that does not read its input is no failure") {
  Command command{.argv = {"true"}};
  command.input = std::string(5'000'000, 'x');
  CHECK(base::run_and_capture(command, 30s).completion.ok());
}

TEST_CASE("a program that cannot be started is an error that names it") {
  using base::ErrorKind;
  const base::TemporaryDirectory directory;
  const auto script = (directory.path() / "script").string();
  CHECK(message_of([] { base::run(Command{.argv = {"no-such-program"}}, {}); }, ErrorKind::precondition) ==
        "no-such-program: not found in PATH");
  CHECK(message_of([] { base::run(Command{.argv = {"/no/such"}}, {}); }, ErrorKind::precondition) ==
        "cannot start /no/such: No such file or directory");
  base::write_file(script, "echo no interpreter line\n");
  CHECK(message_of([&] { base::run(Command{.argv = {script}}, {}); }, ErrorKind::precondition) ==
        "cannot start " + script + ": Permission denied");
  base::fs::permissions(script, base::fs::perms::owner_all);
  CHECK(message_of([&] { base::run(Command{.argv = {script}}, {}); }, ErrorKind::precondition) ==
        script + ": not an executable; a script needs a #! line");
  Command elsewhere{.argv = {"true"}};
  elsewhere.working_directory = "/no/directory";
  CHECK(message_of([&] { base::run(elsewhere, {}); }, ErrorKind::precondition) ==
        "cannot start true (in the directory /no/directory): No such file or directory");
  CHECK(message_of([] { base::run(Command{}, {}); }, ErrorKind::usage) == "no command was given");
}

TEST_CASE("lines are delivered while the child runs") {
  std::vector<std::pair<std::string, std::chrono::milliseconds>> lines;
  const auto start = std::chrono::steady_clock::now();
  Supervision supervision;
  supervision.on_line = [&](Stream, std::string_view line) {
    lines.emplace_back(line, elapsed_since(start));
  };
  base::run(shell("echo first; sleep 1; printf last"), supervision);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].first == "first");
  CHECK(lines[0].second < 800ms);
  CHECK(lines[1].first == "last");
}

TEST_CASE("a flood on one stream does not block the other") {
  std::size_t bytes = 0;
  bool seen = false;
  Supervision supervision;
  supervision.on_lines = [&](Stream stream, std::string_view text) {
    if (stream == Stream::err) seen = true;
    bytes += text.size();
  };
  base::run(shell("head -c 50000000 /dev/zero & echo hello >&2; wait"), supervision);
  CHECK(bytes == 50'000'006);
  CHECK(seen);
}

TEST_CASE("an endless line comes in pieces") {
  std::size_t longest = 0;
  std::size_t bytes = 0;
  Supervision supervision;
  supervision.on_line = [&](Stream, std::string_view line) {
    longest = std::max(longest, line.size());
    bytes += line.size();
  };
  base::run(shell("head -c 10000000 /dev/zero | tr '\\0' a"), supervision);
  CHECK(bytes == 10'000'000);
  CHECK(longest <= (std::size_t{1} << 20U));
}

TEST_CASE("descriptors of ours do not reach the child") {
  const base::TemporaryDirectory directory;
  std::ofstream inherited(directory.path() / "open");  // an ofstream's descriptor has no close-on-exec
  const auto captured = base::run_and_capture(shell("exec ls -l /proc/self/fd"), 10s);
  CHECK(captured.out.find("open") == std::string::npos);
}

TEST_CASE("the child has the standard signal dispositions") {
  // SIGPIPE is ignored in our process; a child that inherited that would never end here.
  CHECK(base::run_and_capture(shell("yes | head -1"), 20s).out == "y\n");
}

TEST_CASE("a timeout ends the whole group") {
  const base::TemporaryDirectory directory;
  const auto file = directory.path() / "pid";
  auto supervision = with_grace(5s);
  supervision.timeout = 300ms;
  const auto start = std::chrono::steady_clock::now();
  const auto completion =
      base::run(shell("(sleep 1000 & echo $! > " + file.string() + "; wait) & wait"), supervision);
  CHECK(completion.timed_out);
  CHECK(completion.ending == Ending::timeout);
  CHECK(completion.signal == SIGTERM);
  CHECK(completion.reason == "it ran longer than 300 ms");
  CHECK(elapsed_since(start) < 4s);
  CHECK(has_ended(file));
}

TEST_CASE("a group that ignores SIGTERM is killed after the grace") {
  auto supervision = with_grace(400ms);
  supervision.timeout = 200ms;
  const auto start = std::chrono::steady_clock::now();
  const auto completion = base::run(shell("trap '' TERM; while :; do sleep 0.05; done"), supervision);
  CHECK(completion.signal == SIGKILL);
  CHECK(elapsed_since(start) >= 600ms);
  CHECK(elapsed_since(start) < 5s);
}

TEST_CASE("a child may use the grace to save its work") {
  auto supervision = with_grace(20s);
  supervision.timeout = 300ms;
  std::string out;
  supervision.on_line = [&](Stream stream, std::string_view line) {
    if (stream == Stream::out) out += line;  // the shell itself says "Terminated" on the other one
  };
  const auto completion = base::run(
      shell("trap 'sleep 1.5; echo saved; exit 0' TERM; while :; do sleep 0.05; done"), supervision);
  CHECK(out == "saved");
  CHECK(completion.exit_code == 0);
  CHECK(completion.timed_out);
}

TEST_CASE("the grace is whole when only the shell above the work dies at once") {
  auto supervision = with_grace(20s);
  supervision.timeout = 500ms;
  std::string out;
  supervision.on_line = [&](Stream stream, std::string_view line) {
    if (stream == Stream::out) out += line;  // the shell itself says "Terminated" on the other one
  };
  base::run(shell("sh -c 'trap \"sleep 1.5; echo saved; exit 0\" TERM; while :; do sleep 0.05; done' & wait"),
            supervision);
  CHECK(out == "saved");
}

TEST_CASE("silence ends the child, output keeps it") {
  auto supervision = with_grace(1s);
  supervision.max_idle = 700ms;
  CHECK(base::run(shell("for i in 1 2 3 4 5; do echo $i; sleep 0.3; done"), supervision).ok());
  const auto completion = base::run(shell("echo once; sleep 100"), supervision);
  CHECK(completion.ending == Ending::idle);
  CHECK(completion.reason == "it printed nothing for 700 ms");
}

TEST_CASE("a tick can end the child") {
  auto supervision = with_grace(1s);
  int ticks = 0;
  supervision.tick_interval = 20ms;
  supervision.on_tick = [&]() -> std::optional<std::string> {
    return ++ticks < 3 ? std::nullopt : std::optional<std::string>("three is enough");
  };
  const auto completion = base::run(shell("sleep 100"), supervision);
  CHECK(completion.reason == "three is enough");
  CHECK(completion.ending == Ending::stopped);
}

TEST_CASE("a child that closes its output is still waited for") {
  const auto start = std::chrono::steady_clock::now();
  const auto completion = base::run(shell("exec >&- 2>&-; sleep 0.5; exit 7"), {});
  CHECK(completion.exit_code == 7);
  CHECK(elapsed_since(start) >= 450ms);
}

TEST_CASE("what the child leaves in its group is ended, the child's code stays") {
  const base::TemporaryDirectory directory;
  const auto file = directory.path() / "pid";
  const auto start = std::chrono::steady_clock::now();
  const auto completion = base::run(shell("sleep 1000 & echo $! > " + file.string() + "; exit 4"), {});
  CHECK(completion.exit_code == 4);
  CHECK(completion.ending == Ending::by_itself);
  CHECK(elapsed_since(start) < 5s);
  CHECK(has_ended(file));
}

TEST_CASE("output that outlives the child a little is not lost") {
  const auto captured = base::run_and_capture(shell("(sleep 0.3; echo late) & exit 0"), 10s);
  CHECK(captured.out == "late\n");
}

TEST_CASE("a process outside the group that holds the pipe does not hang us") {
  const base::TemporaryDirectory directory;
  const auto file = directory.path() / "pid";
  const auto start = std::chrono::steady_clock::now();
  base::run(shell("setsid sh -c 'echo $$ > " + file.string() + "; exec sleep 20' & sleep 0.3"), {});
  CHECK(elapsed_since(start) < 5s);
  ::kill(static_cast<pid_t>(*base::parse_integer(base::trim(base::read_file(file)))), SIGKILL);
}

TEST_CASE("an exception from a callback ends the group") {
  const base::TemporaryDirectory directory;
  const auto file = directory.path() / "pid";
  const auto limited = [&] {
    base::run_and_capture(shell("echo $$ > " + file.string() + "; yes"), 60s, 100'000);
  };
  CHECK(message_of(limited, base::ErrorKind::input) ==
        "sh printed more than 97.7 KiB, which is more than is read");
  CHECK(has_ended(file));
}

TEST_CASE("the death of the supervisor is the child's") {
  const base::TemporaryDirectory directory;
  const auto file = directory.path() / "pid";
  const pid_t supervisor = ::fork();
  if (supervisor == 0) {
    base::run(shell("echo $$ > " + file.string() + "; exec sleep 1000"), {});
    ::_exit(0);
  }
  while (base::read_file_if_exists(file).value_or("").empty()) std::this_thread::sleep_for(10ms);
  ::kill(supervisor, SIGKILL);
  ::waitpid(supervisor, nullptr, 0);
  CHECK(has_ended(file));
}

// Interruption is for the life of a process: each case runs in a process of its own.
TEST_CASE("a signal reaches the whole group, and supervise() reports it as a value") {
  const base::TemporaryDirectory directory;
  const auto file = directory.path() / "pid";
  const pid_t supervisor = ::fork();
  if (supervisor == 0) {
    base::install_signal_handlers();
    const auto completion =
        base::supervise(shell("(echo $$ > " + file.string() + "; sleep 1000) & wait"), with_grace(5s));
    ::_exit(completion.ending == Ending::cancelled && completion.signal == SIGTERM ? 42 : 1);
  }
  while (base::read_file_if_exists(file).value_or("").empty()) std::this_thread::sleep_for(10ms);
  ::kill(supervisor, SIGTERM);
  int status = 0;
  ::waitpid(supervisor, &status, 0);
  CHECK(WEXITSTATUS(status) == 42);
  CHECK(has_ended(file));
}

TEST_CASE("run() throws for the step's own deadline, after the group has ended") {
  const pid_t supervisor = ::fork();
  if (supervisor == 0) {
    base::set_deadline(std::chrono::steady_clock::now() + 300ms);
    int code = 1;
    try {
      base::run(shell("sleep 1000"), with_grace(1s));
    } catch (const base::Error& error) {
      code = error.kind() == base::ErrorKind::deadline ? 42 : 2;
    }
    ::_exit(code);
  }
  int status = 0;
  ::waitpid(supervisor, &status, 0);
  CHECK(WEXITSTATUS(status) == 42);
}
