// What deploying, rolling back and the status have in common.
#pragma once

#include <optional>
#include <string>

#include "kserve-deploy/git_checkout.hpp"
#include "kserve-deploy/provenance.hpp"
#include "kserve-deploy/step.hpp"

namespace kserve_deploy {

GitTarget git_target(const Config& config);
// The manifest as it is committed; Error{precondition} when there is none.
ManifestService deployed_service(const Config& config, const GitCheckout& checkout);

// A manifest before and after.
struct Change {
  std::string text;
  Provenance provenance;
};
// Commits and publishes the change unless the file has that text already, and sets the results.
void apply(GitCheckout& checkout, const std::optional<std::string>& before, const Change& change,
           const Config& config, cli::Context& context);

}  // namespace kserve_deploy
