#include "oci/credentials.hpp"

#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const char* name : {"config.json", ".dockercfg"}) {
    oci::CredentialStore store;
    fuzz::expect_value_or_error([&] { store.add(fuzz::text(data, size), name); });
    store.find("registry.example/team/app");
  }
  return 0;
}
