#include "base/process.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/child.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/line_stream.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace base {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t read_size = 256U << 10U;
// How long processes that the child left in its group may take to end by themselves.
constexpr milliseconds settle_time{1000};
// How often we look where the kernel gives no event: orphans in the group, kernels without pidfd.
constexpr milliseconds look_again{10};

// A child's group from start to end. Destroyed early, it kills the group.
class SupervisedGroup {
 public:
  SupervisedGroup(const Command& command, const Supervision& supervision);
  SupervisedGroup(const SupervisedGroup&) = delete;
  SupervisedGroup& operator=(const SupervisedGroup&) = delete;
  ~SupervisedGroup();

  Completion run_to_end();

 private:
  enum class Stage { running, settling, terminating, killed };

  void wait_and_handle();
  milliseconds next_event() const;
  void write_input();
  bool read_stream(FileDescriptor& stream, LineStream& lines);
  void reap();
  void check_limits();
  void check_tick(Clock::time_point now);
  void advance_stage(Clock::time_point now);
  void stop(Ending ending, std::string reason);
  void enter(Stage stage);
  void signal_group(int number) const { ::kill(-child_.pid, number); }

  const Supervision& supervision_;
  std::string input_;
  StartedChild child_;
  LineStream out_;
  LineStream err_;
  std::string buffer_ = std::string(read_size, '\0');
  Completion completion_;
  bool child_ended_ = false;
  bool group_ended_ = false;
  Stage stage_ = Stage::running;
  Clock::time_point started_ = Clock::now();
  Clock::time_point last_output_ = started_;
  Clock::time_point last_tick_ = started_;
  Clock::time_point stage_ends_;
};

LineStream line_stream(const Supervision& supervision, Stream stream) {
  LineStream::Deliver lines;
  LineStream::Deliver line;
  if (supervision.on_lines)
    lines = [&supervision, stream](std::string_view text) { supervision.on_lines(stream, text); };
  if (supervision.on_line)
    line = [&supervision, stream](std::string_view text) { supervision.on_line(stream, text); };
  return LineStream(std::move(lines), std::move(line));
}

// Orphans of the group come to us, so that waiting says exactly when the group is empty. A write to a child
// that closed its stdin must be an error, not our end.
void prepare_process() {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  struct sigaction current {};
  if (::sigaction(SIGPIPE, nullptr, &current) == 0 && current.sa_handler == SIG_DFL)
    ::signal(SIGPIPE, SIG_IGN);
}

StartedChild prepare_and_start(const Command& command) {
  prepare_process();
  return start_child(command);
}

SupervisedGroup::SupervisedGroup(const Command& command, const Supervision& supervision)
    : supervision_(supervision),
      input_(command.input),
      child_(prepare_and_start(command)),
      out_(line_stream(supervision, Stream::out)),
      err_(line_stream(supervision, Stream::err)) {}

SupervisedGroup::~SupervisedGroup() {
  if (group_ended_) return;
  signal_group(SIGKILL);
  while (!group_ended_) {
    reap();
    if (!group_ended_) ::poll(nullptr, 0, static_cast<int>(look_again.count()));
  }
}

Completion SupervisedGroup::run_to_end() {
  while (!group_ended_) {
    wait_and_handle();
    check_limits();
  }
  // What the group wrote is in the pipes by now; an end held open by a process outside it is not waited for.
  while (read_stream(child_.out, out_)) continue;
  while (read_stream(child_.err, err_)) continue;
  out_.finish();
  err_.finish();
  return completion_;
}

void SupervisedGroup::wait_and_handle() {
  std::array<pollfd, 5> waiting{{{child_.out.get(), POLLIN, 0},
                                 {child_.err.get(), POLLIN, 0},
                                 {child_.in.get(), POLLOUT, 0},
                                 {child_ended_ ? -1 : child_.exit.get(), POLLIN, 0},
                                 {stage_ == Stage::running ? interrupt_descriptor() : -1, POLLIN, 0}}};
  ::poll(waiting.data(), waiting.size(), static_cast<int>(next_event().count()));
  write_input();
  // One read of each, so that a flood on one neither starves the other nor the limits.
  if (waiting[0].revents != 0) read_stream(child_.out, out_);
  if (waiting[1].revents != 0) read_stream(child_.err, err_);
  // Under a flood only the child's own end counts; without one there is time to collect orphans, too.
  if (waiting[3].revents != 0 || (waiting[0].revents | waiting[1].revents) == 0) reap();
}

// Time until something must be looked at although no descriptor says so.
milliseconds SupervisedGroup::next_event() const {
  const auto now = Clock::now();
  milliseconds wait{60'000};
  const auto at_most = [&](Clock::time_point when) {
    const auto left = std::chrono::ceil<milliseconds>(when - now);
    wait = std::clamp(left, milliseconds(0), wait);
  };
  if (child_ended_ || !child_.exit) wait = look_again;
  if (stage_ != Stage::running) {
    if (stage_ != Stage::killed) at_most(stage_ends_);
    return wait;
  }
  if (supervision_.on_tick) at_most(last_tick_ + supervision_.tick_interval);
  if (supervision_.timeout) at_most(started_ + *supervision_.timeout);
  if (supervision_.max_idle) at_most(last_output_ + *supervision_.max_idle);
  if (const auto limit = deadline()) at_most(*limit);
  return wait;
}

void SupervisedGroup::write_input() {
  if (!child_.in) return;
  while (!input_.empty()) {
    const auto count = ::write(child_.in.get(), input_.data(), input_.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count < 0) break;  // the child closed it; that is its right
    input_.erase(0, static_cast<std::size_t>(count));
  }
  child_.in.close();
}

// True if there was something.
bool SupervisedGroup::read_stream(FileDescriptor& stream, LineStream& lines) {
  if (!stream) return false;
  const auto count = ::read(stream.get(), buffer_.data(), buffer_.size());
  if (count < 0) return errno == EINTR;
  if (count == 0) {
    stream.close();
    return false;
  }
  last_output_ = Clock::now();
  lines.add(std::string_view(buffer_).substr(0, static_cast<std::size_t>(count)));
  return true;
}

// Collects every member of the group that has ended, also adopted ones, so that none stays a zombie.
void SupervisedGroup::reap() {
  while (true) {
    siginfo_t ended{};
    const int result = ::waitid(P_PGID, static_cast<id_t>(child_.pid), &ended, WEXITED | WNOHANG);
    if (result != 0 && errno == EINTR) continue;
    if (result != 0) {
      group_ended_ = child_ended_ = true;  // ECHILD: nobody is left
      return;
    }
    if (ended.si_pid == 0) return;
    if (ended.si_pid != child_.pid) continue;
    child_ended_ = true;
    completion_.signal = ended.si_code == CLD_EXITED ? 0 : ended.si_status;
    completion_.exit_code = ended.si_code == CLD_EXITED ? ended.si_status : 128 + ended.si_status;
  }
}

void SupervisedGroup::check_limits() {
  const auto now = Clock::now();
  if (stage_ != Stage::running) return advance_stage(now);
  if (child_ended_) return enter(Stage::settling);
  if (cancellation_requested()) return stop(Ending::cancelled, "stopped by a signal");
  const auto limit = deadline();
  if (limit && now >= *limit) return stop(Ending::deadline, "the step's --timeout passed");
  if (supervision_.timeout && now >= started_ + *supervision_.timeout)
    return stop(Ending::timeout, "it ran longer than " + human_duration(*supervision_.timeout));
  if (supervision_.max_idle && now >= last_output_ + *supervision_.max_idle)
    return stop(Ending::idle, "it printed nothing for " + human_duration(*supervision_.max_idle));
  check_tick(now);
}

void SupervisedGroup::check_tick(Clock::time_point now) {
  if (!supervision_.on_tick || now < last_tick_ + supervision_.tick_interval) return;
  last_tick_ = now;
  if (auto reason = supervision_.on_tick()) stop(Ending::stopped, std::move(*reason));
}

void SupervisedGroup::stop(Ending ending, std::string reason) {
  completion_.ending = ending;
  completion_.reason = std::move(reason);
  completion_.timed_out = true;
  log_info("ending the command: " + completion_.reason);
  enter(Stage::terminating);
}

void SupervisedGroup::advance_stage(Clock::time_point now) {
  if (stage_ == Stage::killed || now < stage_ends_) return;
  enter(stage_ == Stage::settling ? Stage::terminating : Stage::killed);
}

void SupervisedGroup::enter(Stage stage) {
  stage_ = stage;
  // A shell may die of SIGTERM at once while the training under it saves its state: then the grace is whole.
  const bool left_behind = completion_.ending == Ending::by_itself;
  const auto grace = left_behind ? std::min(supervision_.grace, settle_time) : supervision_.grace;
  stage_ends_ = Clock::now() + grace;
  if (group_ended_) return;
  if (stage == Stage::terminating) signal_group(SIGTERM);
  if (stage == Stage::killed) {
    log_warning("still running " + human_duration(grace) + " after SIGTERM; sending SIGKILL");
    signal_group(SIGKILL);
  }
}

}  // namespace

Completion supervise(const Command& command, const Supervision& supervision) {
  check_interrupt();
  SupervisedGroup group(command, supervision);
  return group.run_to_end();
}

Completion run(const Command& command, const Supervision& supervision) {
  auto completion = supervise(command, supervision);
  if (completion.ending == Ending::cancelled) throw Error(ErrorKind::cancelled, completion.reason);
  if (completion.ending == Ending::deadline) throw Error(ErrorKind::deadline, completion.reason);
  return completion;
}

Captured run_and_capture(const Command& command, milliseconds timeout, std::size_t limit) {
  Captured captured;
  Supervision supervision;
  supervision.timeout = timeout;
  supervision.on_lines = [&](Stream stream, std::string_view lines) {
    auto& text = stream == Stream::out ? captured.out : captured.err;
    if (text.size() + lines.size() > limit) {
      throw Error(ErrorKind::input, printable(command.argv.front(), 200) + " printed more than " +
                                        human_bytes(limit) + ", which is more than is read");
    }
    text += lines;
  };
  captured.completion = run(command, supervision);
  return captured;
}

std::map<std::string, std::string> current_environment() {
  std::map<std::string, std::string> variables;
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view variable(*each);
    const auto equal = variable.find('=');
    if (equal == std::string_view::npos) continue;
    variables.emplace(variable.substr(0, equal), variable.substr(equal + 1));
  }
  return variables;
}

}  // namespace base
