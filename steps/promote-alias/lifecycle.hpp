// Lifecycle: where a version stands, and what a move changes.   Pure functions over values.
//
// Errors: Error{precondition} for a move that the policy does not have from here.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "model_registry/model_registry.hpp"
#include "promote-alias/ledger.hpp"
#include "promote-alias/policy.hpp"

namespace promote_alias {

using Aliases = std::map<std::string, std::int64_t>;

std::optional<std::int64_t> named_by(const Aliases& aliases, const std::string& alias);
// The alias that names the version; without one what its tag says: "archived", or else "registered".
std::string state_of(const Policy& policy, const Aliases& aliases,
                     const model_registry::ModelVersion& version);

// The record of the move with what it changes; missing when the version stands there already, or further on
// where the policy leads from there and not back. Actor, time, evidence and the place in the chain are not
// filled in.
std::optional<Record> plan_promotion(const Policy& policy, const Aliases& aliases,
                                     const model_registry::ModelVersion& version, const std::string& to);

// Where a rollback leads, by the ledger.
struct RollbackTarget {
  std::int64_t current = 0;
  std::int64_t version = 0;  // current itself when there is nothing to do
};
struct RollbackRequest {
  std::optional<std::int64_t> to_version;
  std::optional<std::int64_t> expected;
};
RollbackTarget rollback_target(const Policy& policy, const Aliases& aliases, const Chain& chain,
                               const RollbackRequest& request);
std::optional<Record> plan_rollback(const Policy& policy, const Aliases& aliases,
                                    const model_registry::ModelVersion& version);

// In one line each, for people.
std::string text_of(const AliasChange& change);
std::string text_of(const StateChange& change);
std::string version_text(std::optional<std::int64_t> version);

}  // namespace promote_alias
