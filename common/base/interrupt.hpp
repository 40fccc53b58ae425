// Interruption: SIGTERM, SIGINT and the step's own --timeout, seen by everything that can take long.
//
// cli::run_step installs the signal handlers and the deadline. Loops that copy, hash or retry call
// check_interrupt(); what waits uses interruptible_sleep or polls interrupt_descriptor() beside its own.
//
// Errors: Error{cancelled} after a signal, Error{deadline} past the deadline.   Threads: any.
#pragma once

#include <chrono>
#include <optional>

namespace base {

// SIGTERM and SIGINT request a cancellation from now on; SIGPIPE is ignored.
void install_signal_handlers();
// What the handlers do; also for tests. Async-signal-safe.
void request_cancellation() noexcept;
bool cancellation_requested() noexcept;

void set_deadline(std::chrono::steady_clock::time_point deadline);
std::optional<std::chrono::steady_clock::time_point> deadline();
// `wanted`, or what is left until the deadline if that is less; never negative.
std::chrono::milliseconds within_deadline(std::chrono::milliseconds wanted);

void check_interrupt();
void interruptible_sleep(std::chrono::milliseconds duration);
// Readable once a cancellation was requested: for poll(2). Never read from it.
int interrupt_descriptor();

}  // namespace base
