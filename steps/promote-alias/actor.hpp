// Who makes the move, for the ledger.
#pragma once

#include <optional>
#include <string>

namespace promote_alias {

// `given`, or what the environment says: MLSTEPS_ACTOR, then the variables of the CI systems, then the user's
// name.
std::string actor(const std::optional<std::string>& given);

}  // namespace promote_alias
