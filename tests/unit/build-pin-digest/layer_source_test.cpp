#include "build-pin-digest/layer_source.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using build_pin_digest::BaseName;
using build_pin_digest::LayerSource;

TEST_CASE("a layer's destination says where a directory or a file goes") {
  const auto layer = LayerSource::parse("build/app:/opt/app");
  CHECK(layer.source == "build/app");
  CHECK(layer.path_of_directory() == "opt/app");
  CHECK(layer.path_of_file() == "opt/app");
  CHECK(LayerSource::parse("serve:/usr/bin/").path_of_file() == "usr/bin/serve");
  CHECK(LayerSource::parse("rootfs:/").path_of_directory().empty());
  CHECK(LayerSource::parse("file:/").path_of_file() == "file");
  CHECK(LayerSource::parse("a:b:/x").source == "a:b");
  CHECK(LayerSource::parse("a:b:/x").text() == "a:b:/x");
}

TEST_CASE("what is not SRC:DEST is refused with an example") {
  for (const char* text : {"", "app", "app:", ":/opt", "app:opt", "app:./opt", "/opt/app"}) {
    try {
      LayerSource::parse(text);
      FAIL("accepted " << text);
    } catch (const base::Error& error) {
      CHECK_THAT(error.message(), Catch::Matchers::Contains("is not SRC:DEST"));
    }
  }
}

TEST_CASE("a base is scratch or a location") {
  CHECK_FALSE(BaseName::parse("scratch").location.has_value());
  CHECK(BaseName::parse("scratch").text() == "scratch");
  CHECK(BaseName::parse("oci:dir:v1").location->layout_directory == "dir");
  CHECK(BaseName::parse("debian:12").location->reference->repository == "library/debian");
  CHECK_THROWS_AS(BaseName::parse("team/Upper"), base::Error);
}
