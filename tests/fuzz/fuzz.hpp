// What every fuzz target shares: an Error is an answer to hostile bytes; anything else that leaves the target
// is a finding, as is a crash, a hang or a sanitizer's report.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace fuzz {

inline std::string_view text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

template <class Action>
void expect_value_or_error(Action&& action) {
  try {
    action();
  } catch (const base::Error&) {
  }
}

}  // namespace fuzz
