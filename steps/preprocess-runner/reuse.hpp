// Reuse: what the cache has of this work already, and why it has not.
//
// Errors: those of StepCache.   Threads: main thread.
#pragma once

#include <optional>

#include "data/step_cache.hpp"
#include "preprocess-runner/facts.hpp"
#include "preprocess-runner/workspace.hpp"

namespace preprocess_runner {

// The cache that the options name; missing when there is none or it is not to be used.
std::optional<data::StepCache> open_cache(const Config& config);

// Logs which parts of the key differ from the last run that made the same outputs.
void explain(data::StepCache& cache, const data::CacheKey& key);

// Brings all outputs back into the workspace; targets that have the content already are kept. Missing when
// the cache does not have all of it.
std::optional<Facts> restore(data::StepCache& cache, const data::CacheKey& key, const Plan& plan,
                             Workspace& workspace);

void store(data::StepCache& cache, const data::CacheKey& key, const Plan& plan, const Workspace& workspace,
           const Facts& facts);

}  // namespace preprocess_runner
