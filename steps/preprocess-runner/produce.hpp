// The work itself: a run of the command or of the transform, into the workspace.
//
// Errors: Error{workload} when the command fails or makes no output; those of the transform.
// Threads: main thread.
#pragma once

#include <cstdint>
#include <optional>

#include "cli/run_step.hpp"
#include "preprocess-runner/plan.hpp"
#include "preprocess-runner/workspace.hpp"

namespace preprocess_runner {

struct RowCounts {
  std::uint64_t in = 0;
  std::uint64_t out = 0;
};

// Sets the result command-exit-code as soon as it is known. Rows are known for a transform only.
std::optional<RowCounts> produce(const Plan& plan, const Workspace& workspace, cli::Context& context);

}  // namespace preprocess_runner
