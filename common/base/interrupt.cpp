#include "base/interrupt.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "base/error.hpp"

namespace base {
namespace {

using Clock = std::chrono::steady_clock;

std::atomic<bool> cancelled{false};
std::atomic<Clock::rep> deadline_ticks{0};  // 0: none

// The self-pipe that makes a signal visible to poll(2).
const std::array<int, 2>& interrupt_pipe() {
  static const std::array<int, 2> ends = [] {
    std::array<int, 2> made{-1, -1};
    if (::pipe2(made.data(), O_CLOEXEC | O_NONBLOCK) != 0) throw system_error(errno, "making a pipe");
    return made;
  }();
  return ends;
}

extern "C" void on_signal(int) {
  base::request_cancellation();
}

}  // namespace

void install_signal_handlers() {
  interrupt_pipe();
  struct sigaction action {};
  action.sa_handler = on_signal;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

void request_cancellation() noexcept {
  const int saved = errno;
  cancelled.store(true);
  [[maybe_unused]] const auto ignored = ::write(interrupt_pipe()[1], "x", 1);
  errno = saved;
}

bool cancellation_requested() noexcept {
  return cancelled.load();
}

void set_deadline(Clock::time_point deadline) {
  deadline_ticks.store(deadline.time_since_epoch().count());
}

std::optional<Clock::time_point> deadline() {
  const auto ticks = deadline_ticks.load();
  if (ticks == 0) return std::nullopt;
  return Clock::time_point(Clock::duration(ticks));
}

std::chrono::milliseconds within_deadline(std::chrono::milliseconds wanted) {
  const auto limit = deadline();
  if (!limit) return wanted;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(*limit - Clock::now());
  return std::clamp(left, std::chrono::milliseconds(0), std::max(wanted, std::chrono::milliseconds(0)));
}

void check_interrupt() {
  if (cancelled.load(std::memory_order_relaxed)) throw Error(ErrorKind::cancelled, "stopped by a signal");
  const auto limit = deadline();
  if (limit && Clock::now() >= *limit) throw Error(ErrorKind::deadline, "the step's --timeout passed");
}

void interruptible_sleep(std::chrono::milliseconds duration) {
  const auto until = Clock::now() + duration;
  while (true) {
    check_interrupt();
    const auto left = within_deadline(std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()));
    if (Clock::now() >= until) return;
    pollfd waiting{interrupt_descriptor(), POLLIN, 0};
    ::poll(&waiting, 1, static_cast<int>(std::min<std::chrono::milliseconds::rep>(left.count(), 60000)));
  }
}

int interrupt_descriptor() {
  return interrupt_pipe()[0];
}

}  // namespace base
