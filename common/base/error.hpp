// Error: the one exception type that this project throws.
//
// An Error says what kind of failure it is, which decides the exit code and so what the pipeline should do,
// and a message for a person: what was received, what was expected, what to do next. Context is put in front
// on the way up, so that a message reads "pushing registry.example/app: PUT https://…: 503, tried 8 times".
//
// Answers are not errors: a thing that may be absent is a std::optional, a gate's verdict a value.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace base {

// What the caller can do about it. cli/exit_code.hpp maps each kind to an exit code.
enum class ErrorKind {
  usage,         // the command line or the step's configuration is wrong
  input,         // a file, manifest or response is malformed
  precondition,  // a valid request in the wrong state: missing, refused, conflicting
  unavailable,   // worth retrying: timeouts, resets, 408, 429, 5xx after our own retries
  workload,      // the command that the step launched failed on its own
  deadline,      // the step's own --timeout passed
  rejected,      // a gate or a verification said no
  internal,      // a bug in the step
  cancelled,     // SIGTERM or SIGINT
};

std::string_view to_string(ErrorKind kind);

class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message) : kind_(kind), message_(std::move(message)) {}

  ErrorKind kind() const { return kind_; }
  const std::string& message() const { return message_; }
  const char* what() const noexcept override { return message_.c_str(); }

  // The same failure with `context` and ": " in front.
  Error with_context(std::string_view context) const;

 private:
  ErrorKind kind_;
  std::string message_;
};

// Runs `action`; an Error that leaves it carries `context` in front.
template <class Action>
decltype(auto) in_context(std::string_view context, Action&& action) {
  try {
    return std::forward<Action>(action)();
  } catch (const Error& error) {
    throw error.with_context(context);
  }
}

// Error{precondition or unavailable or input} for a failed system call, by errno: "PATH: No such file".
Error system_error(int error_number, std::string_view what);

}  // namespace base
