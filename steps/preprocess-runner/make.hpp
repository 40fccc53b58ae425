// The work of a miss, from the inputs' schemas to outputs that may be published, and the documents that a run
// writes beside its outputs.
//
// Errors: Error{input} for a table that breaks its schema, Error{precondition} for an input that changed
// meanwhile, those of produce().   Threads: main thread.
#pragma once

#include <string>

#include "cli/run_step.hpp"
#include "preprocess-runner/facts.hpp"
#include "preprocess-runner/plan.hpp"
#include "preprocess-runner/workspace.hpp"

namespace preprocess_runner {

// Makes every output in the workspace. Sets schema-verdict and command-exit-code as soon as they are known.
Facts make(const Plan& plan, const Config& config, Workspace& workspace, cli::Context& context);

// Adds the profiles that the options ask for and that are not known yet.
void add_profiles(const Plan& plan, const Config& config, const Workspace& workspace, Facts& facts);

// Profiles, report, data version and inferred schemas, as far as the options ask for them.
void write_documents(const Plan& plan, const Config& config, const Facts& facts, const std::string& key);

}  // namespace preprocess_runner
