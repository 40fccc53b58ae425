#include "oci/layout.hpp"

#include <unistd.h>

#include <sys/wait.h>

#include "base/error.hpp"
#include "base/files.hpp"
#include "crypto/hash.hpp"
#include "oci/content.hpp"
#include "support/catch.hpp"

using oci::LayoutRepository;
using oci::LayoutUse;

namespace {

oci::Descriptor put(oci::Repository& repository, const std::string& bytes,
                    const std::string& type = "text/plain") {
  oci::Descriptor descriptor{type, crypto::sha256(bytes), bytes.size(), {}, std::nullopt, std::nullopt};
  repository.put_blob(descriptor, bytes);
  return descriptor;
}

oci::RawManifest image(oci::Repository& repository, const std::string& content) {
  oci::Manifest manifest{std::string(oci::media_type::oci_manifest),
                         std::nullopt,
                         put(repository, "{}", std::string(oci::media_type::oci_config)),
                         {put(repository, content)},
                         std::nullopt,
                         {}};
  return manifest.to_raw();
}

oci::RawManifest referrer(oci::Repository& repository, const oci::RawManifest& subject,
                          const std::string& content) {
  oci::Manifest manifest{std::string(oci::media_type::oci_manifest),
                         "application/test",
                         put(repository, "{}", std::string(oci::media_type::oci_empty)),
                         {put(repository, content)},
                         subject.descriptor(),
                         {{"k", "v"}}};
  return manifest.to_raw();
}

}  // namespace

TEST_CASE("what is written to a layout is read back, by tag and by digest") {
  base::TemporaryDirectory directory;
  const auto path = directory.path() / "layout";
  LayoutRepository writer(path, LayoutUse::write);
  const auto raw = image(writer, "hello");
  writer.put_manifest(raw, "v1");

  LayoutRepository reader(path, LayoutUse::read);
  CHECK(reader.resolve("v1") == raw.digest);
  CHECK(reader.resolve(raw.digest.text()) == raw.digest);
  CHECK(reader.manifest("v1")->bytes == raw.bytes);
  CHECK(reader.manifest("v1")->media_type == oci::media_type::oci_manifest);
  CHECK(reader.manifest("")->digest == raw.digest);
  CHECK_FALSE(reader.manifest("v2").has_value());
  CHECK_FALSE(reader.resolve("sha256:" + std::string(64, '0')).has_value());
  const auto layer = oci::Manifest::parse(raw).layers.at(0);
  CHECK(reader.has_blob(layer.digest));
  CHECK(reader.blob(layer, 100) == "hello");
  CHECK_THROWS_AS(reader.blob(layer, 3), base::Error);
  std::string streamed = "x";
  reader.read_blob(layer, {[&] { streamed.clear(); }, [&](std::string_view part) { streamed += part; }});
  CHECK(streamed == "hello");
  CHECK(base::read_file(path / "oci-layout") == R"({"imageLayoutVersion":"1.0.0"})");
}

TEST_CASE("a directory that is no layout is not read") {
  base::TemporaryDirectory directory;
  CHECK_THROWS_AS(LayoutRepository(directory.path(), LayoutUse::read), base::Error);
  base::write_file(directory.path() / "oci-layout", R"({"imageLayoutVersion":"2.0.0"})");
  CHECK_THROWS_AS(LayoutRepository(directory.path(), LayoutUse::read), base::Error);
}

TEST_CASE("content that does not have its digest is refused, written or read") {
  base::TemporaryDirectory directory;
  LayoutRepository layout(directory.path(), LayoutUse::write);
  const oci::Descriptor wrong{"text/plain", crypto::sha256("other"), 5, {}, std::nullopt, std::nullopt};
  CHECK_THROWS_AS(layout.put_blob(wrong, std::string("hello")), base::Error);
  CHECK_FALSE(layout.has_blob(wrong.digest));
  oci::Descriptor short_one{"text/plain", crypto::sha256("hello"), 4, {}, std::nullopt, std::nullopt};
  CHECK_THROWS_AS(layout.put_blob(short_one, std::string("hello")), base::Error);

  const auto raw = image(layout, "hello");
  layout.put_manifest(raw, "v1");
  const auto layer = oci::Manifest::parse(raw).layers.at(0);
  base::write_file(directory.path() / "blobs" / "sha256" / layer.digest.hex(), "jello");
  CHECK_THROWS_AS(layout.blob(layer, 100), base::Error);
  CHECK_THROWS_AS(layout.read_blob(layer, {[] {}, [](std::string_view) {}}), base::Error);
  base::write_file(directory.path() / "blobs" / "sha256" / raw.digest.hex(), raw.bytes + " ");
  CHECK_THROWS_AS(layout.manifest("v1"), base::Error);
}

TEST_CASE("a tag moves; what others wrote in the index stays") {
  base::TemporaryDirectory directory;
  LayoutRepository layout(directory.path(), LayoutUse::write);
  layout.put_manifest(image(layout, "one"), "v1");
  auto index = base::parse_json(base::read_file(directory.path() / "index.json"), "index");
  index["annotations"] = {{"kept", "yes"}};
  index["manifests"][0]["foreign"] = 42;
  base::write_file(directory.path() / "index.json", index.dump());
  const auto second = image(layout, "two");
  layout.put_manifest(second, "v2");
  layout.put_manifest(second, "v2");
  index = base::parse_json(base::read_file(directory.path() / "index.json"), "index");
  CHECK(index["annotations"]["kept"] == "yes");
  REQUIRE(index["manifests"].size() == 2);
  CHECK(index["manifests"][0]["foreign"] == 42);
  layout.put_manifest(second, "v1");
  CHECK(layout.resolve("v1") == second.digest);
  CHECK(layout.resolve("v2") == second.digest);
  try {
    layout.put_manifest(image(layout, "three"), "v3");
    layout.manifest("");
    FAIL("is ambiguous");
  } catch (const base::Error& error) {
    CHECK(error.message().find("v1, v2, v3") != std::string::npos);
  }
}

TEST_CASE("referrers are found by their subject") {
  base::TemporaryDirectory directory;
  LayoutRepository layout(directory.path(), LayoutUse::write);
  const auto subject = image(layout, "subject");
  layout.put_manifest(subject, "v1");
  CHECK(layout.referrers(subject.digest, 1000).empty());
  const auto first = referrer(layout, subject, "signature one");
  layout.put_referrer(first);
  layout.put_referrer(first);
  layout.put_referrer(referrer(layout, subject, "signature two"));
  const auto found = layout.referrers(subject.digest, 1000);
  REQUIRE(found.size() == 2);
  CHECK(found[0].digest == first.digest);
  CHECK(found[0].artifact_type == "application/test");
  CHECK(found[0].annotations.at("k") == "v");
  CHECK(layout.referrers(subject.digest, 1).size() == 1);
  // The image itself is still the only one.
  CHECK(layout.manifest("")->digest == subject.digest);
}

TEST_CASE("several writers at once lose nothing") {
  base::TemporaryDirectory directory;
  constexpr int writers = 6;
  constexpr int each = 8;
  std::vector<pid_t> children;
  for (int writer = 0; writer < writers; ++writer) {
    const pid_t child = ::fork();
    if (child != 0) {
      children.push_back(child);
      continue;
    }
    int code = 0;
    try {
      LayoutRepository layout(directory.path() / "shared", LayoutUse::write);
      for (int i = 0; i < each; ++i) {
        const auto name = std::to_string(writer) + "-" + std::to_string(i);
        layout.put_manifest(image(layout, name), "t" + name);
      }
    } catch (const base::Error&) {
      code = 1;
    }
    ::_exit(code);
  }
  for (const pid_t child : children) {
    int status = -1;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
  }
  LayoutRepository layout(directory.path() / "shared", LayoutUse::read);
  for (int writer = 0; writer < writers; ++writer)
    for (int i = 0; i < each; ++i)
      CHECK(layout.resolve("t" + std::to_string(writer) + "-" + std::to_string(i)).has_value());
}

TEST_CASE("a malformed index is refused with its name") {
  base::TemporaryDirectory directory;
  LayoutRepository layout(directory.path(), LayoutUse::write);
  layout.put_manifest(image(layout, "one"), "v1");
  for (const char* text : {"{", "[]", "{}", R"({"manifests":[{}]})", R"({"manifests":{}})"}) {
    base::write_file(directory.path() / "index.json", text);
    CHECK_THROWS_AS(layout.manifest("v1"), base::Error);
    CHECK_THROWS_AS(layout.put_manifest(image(layout, "two"), "v2"), base::Error);
    CHECK(base::read_file(directory.path() / "index.json") == text);
  }
}
