#include "oci/reference.hpp"

#include <cstdlib>

#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::expect_value_or_error([&] {
    const auto reference = oci::Reference::parse(fuzz::text(data, size));
    if (oci::Reference::parse(reference.text()).text() != reference.text()) std::abort();
  });
  fuzz::expect_value_or_error([&] { oci::Location::parse(fuzz::text(data, size)); });
  return 0;
}
