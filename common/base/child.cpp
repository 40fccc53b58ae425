#include "base/child.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>

#include "base/error.hpp"
#include "base/text.hpp"

namespace base {
namespace {

constexpr int pipe_size = 1 << 20;
constexpr int exec_failed = 127;

// Never one of 0, 1 and 2, even if we were started with those closed: the child's dup2 would overwrite it.
FileDescriptor above_standard(int descriptor) {
  if (descriptor > STDERR_FILENO) return FileDescriptor(descriptor);
  const int moved = ::fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  ::close(descriptor);
  if (moved < 0) throw system_error(errno, "duplicating a descriptor");
  return FileDescriptor(moved);
}

struct Pipe {
  FileDescriptor read;
  FileDescriptor write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw system_error(errno, "making a pipe");
  return Pipe{above_standard(ends[0]), above_standard(ends[1])};
}

void set_non_blocking(const FileDescriptor& descriptor) {
  ::fcntl(descriptor.get(), F_SETFL, ::fcntl(descriptor.get(), F_GETFL) | O_NONBLOCK);
}

bool is_executable_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored) && ::access(path.c_str(), X_OK) == 0;
}

std::string path_variable(const Command& command) {
  if (!command.environment) {
    const char* ours = ::getenv("PATH");
    return ours != nullptr ? ours : "";
  }
  const auto given = command.environment->find("PATH");
  return given != command.environment->end() ? given->second : "";
}

// Where argv[0] is. A name with a slash stands as it is and execve says what is wrong with it.
std::string find_program(const Command& command) {
  if (command.argv.empty() || command.argv.front().empty())
    throw Error(ErrorKind::usage, "no command was given");
  const auto& name = command.argv.front();
  if (name.find('/') != std::string::npos) return name;
  for (const auto& directory : split(path_variable(command), ':')) {
    if (directory.empty()) continue;
    const auto candidate = fs::path(directory) / name;
    if (is_executable_file(candidate)) return candidate.string();
  }
  throw Error(ErrorKind::precondition, printable(name, 200) + ": not found in PATH");
}

void refuse_nul(const std::string& text, std::string_view what) {
  if (text.find('\0') != std::string::npos)
    throw Error(ErrorKind::usage, std::string(what) + " holds a NUL byte");
}

// Everything that the child needs, made before the fork: after it nothing may allocate.
struct Preparation {
  std::string program;
  std::vector<std::string> variables;
  std::vector<char*> argv;
  std::vector<char*> envp;
  const char* directory = nullptr;
  int in = -1, out = -1, err = -1, failure = -1;
  pid_t parent = ::getpid();
};

char* pointer(const std::string& text) {
  return const_cast<char*>(text.c_str());  // execve's signature; it does not write
}

void prepare(Preparation& prepared, const Command& command) {
  prepared.program = find_program(command);
  for (const auto& word : command.argv) {
    refuse_nul(word, "an argument of the command");
    prepared.argv.push_back(pointer(word));
  }
  prepared.argv.push_back(nullptr);
  for (const auto& [name, value] : command.environment ? *command.environment : current_environment()) {
    auto& variable = prepared.variables.emplace_back(name);
    variable += '=';
    variable += value;
    refuse_nul(variable, "an environment variable");
  }
  for (const auto& each : prepared.variables) prepared.envp.push_back(pointer(each));
  prepared.envp.push_back(nullptr);
  if (!command.working_directory.empty()) prepared.directory = command.working_directory.c_str();
}

// From here to exec_child: async-signal-safe calls only, since other threads may have held any lock.
[[noreturn]] void report_failure(const Preparation& prepared) {
  const int code = errno;
  [[maybe_unused]] const auto ignored = ::write(prepared.failure, &code, sizeof code);
  ::_exit(exec_failed);
}

void reset_signals() {
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  ::sigaction(SIGPIPE, &standard, nullptr);  // we ignore it, and that would be inherited
  ::sigaction(SIGTERM, &standard, nullptr);
  ::sigaction(SIGINT, &standard, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void close_others_on_exec() {
  if (::close_range(STDERR_FILENO + 1, UINT_MAX, CLOSE_RANGE_CLOEXEC) == 0) return;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const auto last = static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 65536));
  for (int each = STDERR_FILENO + 1; each < last; ++each) ::fcntl(each, F_SETFD, FD_CLOEXEC);
}

[[noreturn]] void exec_child(const Preparation& prepared) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != prepared.parent) ::_exit(exec_failed);  // the parent died before the line above
  reset_signals();
  if (::dup2(prepared.in, STDIN_FILENO) < 0 || ::dup2(prepared.out, STDOUT_FILENO) < 0 ||
      ::dup2(prepared.err, STDERR_FILENO) < 0) {
    report_failure(prepared);
  }
  close_others_on_exec();
  if (prepared.directory != nullptr && ::chdir(prepared.directory) != 0) report_failure(prepared);
  ::execve(prepared.program.c_str(), prepared.argv.data(), prepared.envp.data());
  report_failure(prepared);
}

[[noreturn]] void throw_exec_error(int code, const Command& command) {
  const auto name = printable(command.argv.front(), 200);
  if (code == ENOEXEC)
    throw Error(ErrorKind::precondition, name + ": not an executable; a script needs a #! line");
  if (code == E2BIG) throw Error(ErrorKind::precondition, name + ": arguments and environment are too long");
  if (code == EACCES && is_executable_file(command.argv.front()))
    throw Error(ErrorKind::precondition,
                name + ": permission denied, although it is executable: is its file system mounted noexec?");
  const auto where = command.working_directory.empty()
                         ? ""
                         : " (in the directory " + printable(command.working_directory.string(), 500) + ")";
  throw Error(ErrorKind::precondition, "cannot start " + name + where + ": " + std::strerror(code));
}

// Waits until the child has become the program, or says why it could not.
void await_exec(pid_t child, const FileDescriptor& failure, const Command& command) {
  int code = 0;
  ssize_t count = 0;
  do {
    count = ::read(failure.get(), &code, sizeof code);
  } while (count < 0 && errno == EINTR);
  if (count <= 0) return;  // closed by the exec
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) continue;
  throw_exec_error(code, command);
}

void enlarge(const FileDescriptor& pipe) {
  ::fcntl(pipe.get(), F_SETPIPE_SZ, pipe_size);  // fewer switches under a flood; the default also works
}

FileDescriptor open_null() {
  const int descriptor = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw system_error(errno, "opening /dev/null");
  return above_standard(descriptor);
}

}  // namespace

StartedChild start_child(const Command& command) {
  Preparation prepared;
  prepare(prepared, command);
  auto in = command.input.empty() ? Pipe{open_null(), FileDescriptor()} : make_pipe();
  auto out = make_pipe();
  auto err = make_pipe();
  auto failure = make_pipe();
  prepared.in = in.read.get();
  prepared.out = out.write.get();
  prepared.err = err.write.get();
  prepared.failure = failure.write.get();
  enlarge(out.write);

  const pid_t pid = ::fork();
  if (pid < 0) throw system_error(errno, "starting a process");
  if (pid == 0) exec_child(prepared);
  ::setpgid(pid, pid);  // here as well: whoever is first, a signal to the group finds it
  failure.write.close();
  await_exec(pid, failure.read, command);

  StartedChild child{pid, FileDescriptor(), std::move(in.write), std::move(out.read), std::move(err.read)};
  child.exit = FileDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (child.in) set_non_blocking(child.in);
  set_non_blocking(child.out);
  set_non_blocking(child.err);
  return child;
}

}  // namespace base
