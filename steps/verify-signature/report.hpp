// What the step says about its targets: to people, to machines, and to the pipeline.
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "cli/run_step.hpp"
#include "targets.hpp"

namespace verify_signature {

// One line per target, signature and note.
void log_reports(const std::vector<Report>& reports);
base::OrderedJson to_json(const std::vector<Report>& reports);
void set_results(const std::vector<Report>& reports, cli::Results& results);

// No, listing every signature that was found with the check that refused it; Error{precondition} when the
// only reason is that a target has no signature at all.
cli::Answer answer(const std::vector<Report>& reports);

}  // namespace verify_signature
