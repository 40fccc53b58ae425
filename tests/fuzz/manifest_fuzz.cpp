#include "oci/manifest.hpp"

#include "crypto/hash.hpp"
#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(fuzz::text(data, size));
  for (const auto type : {oci::media_type::oci_manifest, oci::media_type::docker_manifest}) {
    const oci::RawManifest raw{bytes, std::string(type), crypto::sha256(bytes)};
    fuzz::expect_value_or_error([&] { oci::Manifest::parse(oci::Manifest::parse(raw).to_raw()); });
  }
  for (const auto type : {oci::media_type::oci_index, oci::media_type::docker_list}) {
    const oci::RawManifest raw{bytes, std::string(type), crypto::sha256(bytes)};
    fuzz::expect_value_or_error([&] { oci::Index::parse(oci::Index::parse(raw).to_raw()); });
  }
  fuzz::expect_value_or_error([&] { oci::Platform::parse(bytes); });
  return 0;
}
