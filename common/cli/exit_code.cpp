#include "cli/exit_code.hpp"

#include <array>

namespace cli {

std::span<const ExitCodeMeaning> exit_code_meanings() {
  static constexpr std::array<ExitCodeMeaning, 10> meanings{{
      {ExitCode::ok, "ok", "go on (also: the answer is no, under --on-reject=report)"},
      {ExitCode::usage, "usage", "fix the pipeline"},
      {ExitCode::input, "input", "fix the data: a file, manifest or response is malformed"},
      {ExitCode::precondition, "precondition",
       "fix the state: missing object, refused credentials, conflict, lost race"},
      {ExitCode::unavailable, "unavailable", "retry: timeouts, resets, 408, 429, 5xx after our own retries"},
      {ExitCode::workload, "workload", "the launched command failed on its own; its code is a result"},
      {ExitCode::deadline, "deadline", "the step's own --timeout passed"},
      {ExitCode::rejected, "rejected", "stop, do not retry: a gate or a verification said no"},
      {ExitCode::internal, "internal", "a bug in the step"},
      {ExitCode::cancelled, "cancelled", "SIGTERM; everything begun was cleaned up or can be resumed"},
  }};
  return meanings;
}

ExitCode exit_code_of(base::ErrorKind kind) {
  switch (kind) {
    case base::ErrorKind::usage:
      return ExitCode::usage;
    case base::ErrorKind::input:
      return ExitCode::input;
    case base::ErrorKind::precondition:
      return ExitCode::precondition;
    case base::ErrorKind::unavailable:
      return ExitCode::unavailable;
    case base::ErrorKind::workload:
      return ExitCode::workload;
    case base::ErrorKind::deadline:
      return ExitCode::deadline;
    case base::ErrorKind::rejected:
      return ExitCode::rejected;
    case base::ErrorKind::internal:
      return ExitCode::internal;
    case base::ErrorKind::cancelled:
      return ExitCode::cancelled;
  }
  return ExitCode::internal;
}

}  // namespace cli
