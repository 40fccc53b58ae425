#include "oci/manifest.hpp"

#include "base/error.hpp"
#include "crypto/hash.hpp"
#include "support/catch.hpp"

using oci::Index;
using oci::Manifest;
using oci::RawManifest;

namespace {

const std::string digest = "sha256:" + std::string(64, 'b');

RawManifest raw(const std::string& bytes, std::string_view type = oci::media_type::oci_manifest) {
  return {bytes, std::string(type), crypto::sha256(bytes)};
}

std::string descriptor(const std::string& type, const std::string& more = "") {
  return R"({"mediaType":")" + type + R"(","digest":")" + digest + R"(","size":7)" + more + "}";
}

const std::string config = descriptor("application/vnd.oci.image.config.v1+json");

}  // namespace

TEST_CASE("a manifest is parsed and printed canonically") {
  const auto manifest = Manifest::parse(raw(
      R"({ "schemaVersion":2, "mediaType":"application/vnd.oci.image.manifest.v1+json", "artifactType":"a/b",
           "config":)" +
      config + R"(,"layers":[)" + descriptor("l", R"(,"annotations":{"k":"v"})") + R"(],"subject":)" +
      descriptor("s") + R"(,"annotations":{"z":"1","a":"2"},"unknown":true})"));
  CHECK(manifest.artifact_type == "a/b");
  CHECK(manifest.config.size == 7);
  REQUIRE(manifest.layers.size() == 1);
  CHECK(manifest.layers[0].annotations.at("k") == "v");
  CHECK(manifest.subject->media_type == "s");
  CHECK(manifest.annotations.at("a") == "2");

  const auto printed = manifest.to_raw();
  CHECK(printed.digest == crypto::sha256(printed.bytes));
  CHECK(printed.bytes.find(R"("annotations":{"a":"2","z":"1"})") != std::string::npos);
  CHECK(Manifest::parse(printed).to_raw().bytes == printed.bytes);
  CHECK(printed.descriptor().size == printed.bytes.size());
}

TEST_CASE("an index keeps platforms") {
  const auto index = Index::parse(
      raw(R"({"schemaVersion":2,"manifests":[)" +
              descriptor("m", R"(,"platform":{"os":"linux","architecture":"arm64","variant":"v8"})") + "]}",
          oci::media_type::oci_index));
  REQUIRE(index.manifests.size() == 1);
  CHECK(index.manifests[0].platform->text() == "linux/arm64/v8");
  CHECK(Index::parse(index.to_raw()).manifests[0].platform->variant == "v8");
}

TEST_CASE("malformed manifests fail closed") {
  const std::string head = R"({"schemaVersion":2,"config":)" + config;
  for (const auto& bytes : std::vector<std::string>{
           "",
           "[]",
           "{",
           R"({"schemaVersion":1,"config":)" + config + R"(,"layers":[]})",
           R"({"schemaVersion":2,"layers":[]})",
           head + "}",
           head + R"(,"layers":{}})",
           head + R"(,"layers":[{}]})",
           head + R"(,"layers":[],"manifests":[]})",
           head + R"(,"layers":[],"layers":[]})",
           head + R"(,"layers":[],"annotations":{"a":1}})",
           head + R"(,"layers":[],"annotations":[]})",
           head + R"(,"layers":[],"subject":"x"})",
           head + R"(,"layers":[],"mediaType":"application/vnd.oci.image.index.v1+json"})",
           head + R"(,"layers":[{"mediaType":"m","digest":"sha256:x","size":1}]})",
           head + R"(,"layers":[{"mediaType":"m","digest":")" + digest + R"(","size":-1}]})",
           head + R"(,"layers":[{"mediaType":"m","digest":")" + digest + R"(","size":1.5}]})",
       }) {
    CAPTURE(bytes);
    CHECK_THROWS_AS(Manifest::parse(raw(bytes)), base::Error);
  }
}

TEST_CASE("manifests and indexes are not taken for each other") {
  const auto index = raw(R"({"schemaVersion":2,"manifests":[]})", oci::media_type::oci_index);
  CHECK_THROWS_AS(Manifest::parse(index), base::Error);
  CHECK_THROWS_AS(Index::parse(raw(R"({"schemaVersion":2,"config":)" + config + R"(,"layers":[]})")),
                  base::Error);
}

TEST_CASE("schema 1 gets a clear message") {
  try {
    Manifest::parse(raw("{}", "application/vnd.docker.distribution.manifest.v1+prettyjws"));
    FAIL("was accepted");
  } catch (const base::Error& error) {
    CHECK(error.message().find("schema 1") != std::string::npos);
  }
}

TEST_CASE("platforms") {
  CHECK(oci::Platform::parse("linux/amd64").text() == "linux/amd64");
  CHECK(oci::Platform::parse("linux/arm64/v8").variant == "v8");
  for (const char* text : {"", "linux", "linux/", "/amd64", "a/b/c/d", "a//c"})
    CHECK_THROWS_AS(oci::Platform::parse(text), base::Error);
}

TEST_CASE("an index whose list is null has no entries") {
  const std::string bytes =
      R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":null})";
  const oci::RawManifest raw{bytes, std::string(oci::media_type::oci_index), crypto::sha256(bytes)};
  CHECK(oci::Index::parse(raw).manifests.empty());
}
