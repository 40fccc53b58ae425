#include "build-pin-digest/image_config.hpp"

#include "base/error.hpp"
#include "crypto/hash.hpp"
#include "support/catch.hpp"

using base::Json;
using build_pin_digest::append_layers;
using build_pin_digest::apply;
using build_pin_digest::check_config;
using build_pin_digest::ConfigChanges;
using build_pin_digest::empty_config;
using build_pin_digest::Layer;

namespace {

Layer layer(const std::string& content) {
  const auto digest = crypto::sha256(content);
  return {oci::Descriptor{"type", digest, content.size(), {}, {}, {}}, digest, "add /" + content, {}};
}

Json docker_base() {
  return base::parse_json(R"({
    "architecture": "amd64", "os": "linux", "docker_version": "20", "variant": "v2",
    "big": 9007199254740993, "container_config": {"Cmd": null},
    "config": {"Env": ["PATH=/bin", "LANG=C"], "Entrypoint": ["/init"], "Cmd": ["a"], "Labels": null,
               "Healthcheck": {"Test": ["CMD", "true"]}, "OnBuild": null},
    "rootfs": {"type": "layers", "diff_ids": [
      "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]},
    "history": [{"created_by": "ADD"}, {"created_by": "CMD", "empty_layer": true}]
  })",
                          "base");
}

std::string refusal(const Json& config, std::size_t layers) {
  try {
    check_config(config, layers, "base x");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::input);
    return error.message();
  }
  return "";
}

}  // namespace

TEST_CASE("what is not asked for survives, also what we do not know") {
  auto config = docker_base();
  const auto before = config;
  apply({}, config);
  CHECK(config == before);
  append_layers({layer("x")}, "1970-01-01T00:00:00Z", config);
  CHECK(base::canonical_json(config).find("9007199254740993") != std::string::npos);
  CHECK(config.at("config") == before.at("config"));
  CHECK(config.at("docker_version") == "20");
}

TEST_CASE("layers go into diff_ids and history alike") {
  auto config = docker_base();
  append_layers({layer("x"), layer("y")}, "1970-01-01T00:00:00Z", config);
  CHECK(config.at("rootfs").at("diff_ids").size() == 3);
  CHECK(config.at("rootfs").at("diff_ids")[2] == crypto::sha256("y").text());
  CHECK(config.at("history").size() == 4);
  CHECK(config.at("history")[3].at("created_by") == "build-pin-digest: add /y");
  CHECK(config.at("created") == "1970-01-01T00:00:00Z");
  check_config(config, 3, "result");
}

TEST_CASE("a base without history gets entries for its layers, too") {
  auto config = docker_base();
  const bool null = GENERATE(true, false);
  if (null) {
    config["history"] = nullptr;
  } else {
    config.erase("history");
  }
  append_layers({layer("x")}, "1970-01-01T00:00:00Z", config);
  CHECK(config.at("history").size() == 2);
}

TEST_CASE("settings replace those of the base") {
  auto config = docker_base();
  apply({.cmd = {"b", "c"},
         .env = {{"LANG", "C.UTF-8"}, {"NEW", "a=b"}},
         .labels = {{"k", "v"}},
         .user = "1000:0",
         .workdir = "/srv"},
        config);
  const auto& run = config.at("config");
  CHECK(run.at("Entrypoint") == Json({"/init"}));
  CHECK(run.at("Cmd") == Json({"b", "c"}));
  CHECK(run.at("Env") == Json({"PATH=/bin", "LANG=C.UTF-8", "NEW=a=b"}));
  CHECK(run.at("Labels") == Json{{"k", "v"}});
  CHECK(run.at("User") == "1000:0");
  CHECK(run.at("WorkingDir") == "/srv");
}

TEST_CASE("a new entrypoint drops the arguments of the old one") {
  auto config = docker_base();
  apply({.entrypoint = {"/serve"}}, config);
  CHECK(config.at("config").at("Entrypoint") == Json({"/serve"}));
  CHECK_FALSE(config.at("config").contains("Cmd"));
  apply({.entrypoint = {"/serve"}, .cmd = {"--port", "80"}}, config);
  CHECK(config.at("config").at("Cmd") == Json({"--port", "80"}));
}

TEST_CASE("a base's malformed configuration is refused with what is wrong") {
  CHECK(refusal(docker_base(), 1).empty());
  CHECK_THAT(refusal(docker_base(), 2), Catch::Matchers::Contains("names 1 layers, the manifest 2"));
  CHECK_THAT(refusal(Json::array(), 0), Catch::Matchers::Contains("is not an object"));
  auto config = docker_base();
  config["rootfs"] = 1;
  CHECK_FALSE(refusal(config, 1).empty());
  config = docker_base();
  config["rootfs"]["diff_ids"] = {"md5:x"};
  CHECK_FALSE(refusal(config, 1).empty());
  config = docker_base();
  config["config"]["Env"] = {1};
  CHECK_THAT(refusal(config, 1), Catch::Matchers::Contains("Env"));
  config = docker_base();
  config["config"]["Labels"] = "x";
  CHECK_THAT(refusal(config, 1), Catch::Matchers::Contains("Labels"));
  config = docker_base();
  config["config"] = {1};
  CHECK_FALSE(refusal(config, 1).empty());
  config = docker_base();
  config["history"] = {1};
  CHECK_FALSE(refusal(config, 1).empty());
  config["history"] = {{{"created_by", "a"}}, {{"created_by", "b"}}};
  CHECK_THAT(refusal(config, 1), Catch::Matchers::Contains("more history than layers"));
}

TEST_CASE("an image without a base says its platform") {
  auto config = empty_config({"linux", "arm64", "v8"});
  CHECK(config.at("architecture") == "arm64");
  CHECK(config.at("variant") == "v8");
  append_layers({}, "1970-01-01T00:00:00Z", config);
  check_config(config, 0, "scratch");
}
