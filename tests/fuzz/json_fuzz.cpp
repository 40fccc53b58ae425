#include "base/json.hpp"

#include <cstdlib>

#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::expect_value_or_error([&] {
    const auto value = base::parse_json(fuzz::text(data, size), "input");
    // What was accepted must survive its canonical form.
    const auto canonical = base::canonical_json(value);
    if (base::canonical_json(base::parse_json(canonical, "canonical")) != canonical) std::abort();
  });
  return 0;
}
