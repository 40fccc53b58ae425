#include "build-pin-digest/base_image.hpp"

#include "base/error.hpp"
#include "crypto/hash.hpp"
#include "support/catch.hpp"

using build_pin_digest::choose_platform;
using build_pin_digest::oci_layer_type;

namespace {

oci::Descriptor entry(const std::string& name, oci::Platform platform) {
  return {"application/vnd.oci.image.manifest.v1+json", crypto::sha256(name), 1, {}, std::move(platform), {}};
}

oci::Index index() {
  oci::Index made{"application/vnd.oci.image.index.v1+json", {}, {}, {}, {}};
  made.manifests = {entry("attestation", {"unknown", "unknown", ""}), entry("arm7", {"linux", "arm", "v7"}),
                    entry("arm64", {"linux", "arm64", "v8"}), entry("amd64", {"linux", "amd64", ""}),
                    entry("amd64 again", {"linux", "amd64", ""})};
  return made;
}

}  // namespace

TEST_CASE("the first image for the platform is taken, attestations never") {
  const auto images = index();
  CHECK(choose_platform(images, {"linux", "amd64", ""}, "b").digest == crypto::sha256("amd64"));
  CHECK(choose_platform(images, {"linux", "arm64", ""}, "b").digest == crypto::sha256("arm64"));
  CHECK(choose_platform(images, {"linux", "arm", "v7"}, "b").digest == crypto::sha256("arm7"));
}

TEST_CASE("a platform that is not there is refused with those that are") {
  const auto images = index();
  try {
    choose_platform(images, {"linux", "arm", "v6"}, "base b");
    FAIL();
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::precondition);
    CHECK_THAT(error.message(),
               Catch::Matchers::Contains("base b has no image for linux/arm/v6; it has linux/arm/v7"));
    CHECK_THAT(error.message(), !Catch::Matchers::Contains("unknown"));
  }
}

TEST_CASE("a Docker image's layers get their OCI names") {
  CHECK(oci_layer_type("application/vnd.docker.image.rootfs.diff.tar.gzip", "b") ==
        "application/vnd.oci.image.layer.v1.tar+gzip");
  CHECK(oci_layer_type("application/vnd.docker.image.rootfs.diff.tar", "b") ==
        "application/vnd.oci.image.layer.v1.tar");
  CHECK(oci_layer_type("application/vnd.oci.image.layer.v1.tar+zstd", "b") ==
        "application/vnd.oci.image.layer.v1.tar+zstd");
}

TEST_CASE("foreign layers and things that are no layers are refused") {
  for (const char* type : {"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
                           "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"}) {
    try {
      oci_layer_type(type, "base b");
      FAIL();
    } catch (const base::Error& error) {
      CHECK_THAT(error.message(), Catch::Matchers::Contains("may not be copied"));
    }
  }
  CHECK_THROWS_AS(oci_layer_type("application/octet-stream", "b"), base::Error);
}
