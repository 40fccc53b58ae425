// The failure of a compare and swap on an alias, in the same words for every registry.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.hpp"

namespace model_registry {

// Error{precondition} naming what the alias names and what it should have named (missing: nothing).
base::Error lost_race(const std::string& name, const std::string& alias, std::optional<std::int64_t> found,
                      std::optional<std::int64_t> expected);

}  // namespace model_registry
