// Exit codes: what the pipeline should do next.
//
// 1, 9, 64, 65, 125 to 128 and 137 belong to the engines and are never used.
#pragma once

#include <span>
#include <string_view>

#include "base/error.hpp"

namespace cli {

enum class ExitCode : int {
  ok = 0,
  usage = 2,
  input = 3,
  precondition = 4,
  unavailable = 5,
  workload = 6,
  deadline = 7,
  rejected = 10,
  internal = 70,
  cancelled = 143,
};

struct ExitCodeMeaning {
  ExitCode code;
  std::string_view name;
  std::string_view meaning;
};

// All codes in the order of their numbers, for help texts and documents.
std::span<const ExitCodeMeaning> exit_code_meanings();
ExitCode exit_code_of(base::ErrorKind kind);

}  // namespace cli
