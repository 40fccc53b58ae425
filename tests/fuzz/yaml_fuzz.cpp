#include "base/yaml.hpp"

#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::expect_value_or_error([&] {
    const std::string text(fuzz::text(data, size));
    static_cast<void>(base::parse_yaml(text, "input").to_json());
  });
  return 0;
}
