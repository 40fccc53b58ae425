#include "oci/reference.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using oci::Location;
using oci::Reference;

namespace {

const std::string hex(64, 'a');

}  // namespace

TEST_CASE("short names belong to Docker Hub") {
  for (const auto& [text, full] : std::vector<std::pair<std::string, std::string>>{
           {"ubuntu", "docker.io/library/ubuntu:latest"},
           {"ubuntu:22.04", "docker.io/library/ubuntu:22.04"},
           {"team/app", "docker.io/team/app:latest"},
           {"index.docker.io/library/ubuntu", "docker.io/library/ubuntu:latest"},
           {"registry-1.docker.io/team/app:v1", "docker.io/team/app:v1"},
           {"docker.io/ubuntu", "docker.io/library/ubuntu:latest"},
           {"localhost/app", "localhost/app:latest"},
           {"localhost:5000/app:v1", "localhost:5000/app:v1"},
           {"Registry.Example/team/app", "registry.example/team/app:latest"},
           {"[::1]:5000/app", "[::1]:5000/app:latest"},
           {"a.example:443/b/c/d:T_a-g.1", "a.example:443/b/c/d:T_a-g.1"},
       }) {
    CAPTURE(text);
    CHECK(Reference::parse(text).text() == full);
    CHECK(Reference::parse(full).text() == full);
  }
}

TEST_CASE("the digest is what is asked for, the tag is kept for show") {
  const auto reference = Reference::parse("registry.example/app:v1@sha256:" + hex);
  CHECK(reference.tag == "v1");
  CHECK(reference.identifier() == "sha256:" + hex);
  CHECK(reference.text() == "registry.example/app:v1@sha256:" + hex);
  CHECK(Reference::parse("registry.example/app@sha256:" + hex).text() ==
        "registry.example/app@sha256:" + hex);
  CHECK(Reference::parse("app").identifier() == "latest");
  const auto pinned = Reference::parse("app:v2").with_digest(base::Digest::parse("sha256:" + hex));
  CHECK(pinned.text() == "docker.io/library/app:v2@sha256:" + hex);
}

TEST_CASE("malformed references are refused with the part that is wrong") {
  for (const auto& [text, words] : std::vector<std::pair<std::string, std::string>>{
           {"", "empty"},
           {"https://registry.example/app", "not an address with a scheme"},
           {"registry.example/App", "capital letters"},
           {"Myregistry/app", "capital letters"},
           {"registry.example/", "empty part"},
           {"registry.example//app", "empty part"},
           {"registry.example/a..b", "'a..b'"},
           {"registry.example/a___b", "'a___b'"},
           {"registry.example/-a", "'-a'"},
           {"registry.example/a-", "'a-'"},
           {"registry.example:0/app", "port"},
           {"registry.example:99999/app", "port"},
           {"-bad.example/app", "registry host"},
           {"a..b/app", "registry host"},
           {"app:", "tag"},
           {"app:-v1", "tag"},
           {"app:" + std::string(129, 'x'), "tag"},
           {"app:v1:v2", "tag"},
           {"app@sha256:abc", "sha256:abc"},
           {"app@md5:" + hex, "md5"},
           {"app@", ""},
           {hex, "image ID"},
           {"registry.example/" + std::string(250, 'a'), "255"},
           {"app name", "'app name'"},
           {"app\nname", "app"},
           {std::string(2000, 'a'), "1024"},
       }) {
    CAPTURE(text);
    try {
      Reference::parse(text);
      FAIL("was accepted");
    } catch (const base::Error& error) {
      CHECK(error.kind() == base::ErrorKind::input);
      CHECK(error.message().find(words) != std::string::npos);
    }
  }
}

TEST_CASE("a location is a registry or a layout") {
  CHECK(Location::parse("registry.example/app:v1").reference->tag == "v1");
  const auto plain = Location::parse("oci:out/layout");
  CHECK(plain.layout_directory == "out/layout");
  CHECK_FALSE(plain.layout_tag.has_value());
  CHECK(plain.identifier().empty());
  const auto tagged = Location::parse("oci:/tmp/a:b/layout:v1");
  CHECK(tagged.layout_directory == "/tmp/a:b/layout");
  CHECK(tagged.identifier() == "v1");
  CHECK(tagged.text() == "oci:/tmp/a:b/layout:v1");
  const auto pinned = Location::parse("oci:layout@sha256:" + hex);
  CHECK(pinned.identifier() == "sha256:" + hex);
  CHECK(pinned.text() == "oci:layout@sha256:" + hex);
  for (const char* text : {"oci:", "oci:a:", "oci:a:-b", "oci:a@sha256:b", "oci://registry.example/app"})
    CHECK_THROWS_AS(Location::parse(text), base::Error);
}
