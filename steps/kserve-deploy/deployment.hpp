// The actions of the step: each reads its part of the Config, acts, and sets the results.
//
// Errors: those of the parts.   Threads: main thread.
#pragma once

#include "kserve-deploy/step.hpp"

namespace kserve_deploy {

// The manifest on stdout or in a file.
cli::Answer render(const Config& config, cli::Context& context);
// The model's address in the manifest of a Git repository, as one commit with its provenance.
cli::Answer deploy(const Config& config, cli::Context& context);
// What the committed manifest says, and which deploy commit made it so; JSON on stdout.
cli::Answer show_status(const Config& config, cli::Context& context);
// The address that the last deployment replaced, as a new commit.
cli::Answer roll_back(const Config& config, cli::Context& context);

}  // namespace kserve_deploy
