// The difference of two texts in the unified format that patch(1) and `git apply` read.
#pragma once

#include <string>
#include <string_view>

namespace build_pin_digest {

// With three lines of context; empty when the texts are equal.
std::string unified_diff(std::string_view name, std::string_view before, std::string_view after);

}  // namespace build_pin_digest
