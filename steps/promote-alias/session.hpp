// Session: what every command of this step works on: the registry, the policy, the model and its ledger.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "model_registry/model_registry.hpp"
#include "promote-alias/ledger.hpp"
#include "promote-alias/policy.hpp"
#include "promote-alias/step.hpp"

namespace promote_alias {

struct Session {
  std::unique_ptr<model_registry::ModelRegistry> registry;
  Policy policy;
  std::string model;
  std::optional<std::int64_t> version;  // that the command line names
  std::optional<Ledger> ledger;         // missing: the command needs none and none is given
};

// Error{usage} when the model is not named, or named twice differently.
Session open_session(const Config& config);
// Error{usage} when there is none.
Ledger& require_ledger(Session& session);
// The version that the command line names. Error{precondition} when the registry does not have it.
model_registry::ModelVersion require_version(Session& session);

}  // namespace promote_alias
