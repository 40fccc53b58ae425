#include "oci/credentials.hpp"

#include <unistd.h>

#include <cstdlib>

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/files.hpp"
#include "support/catch.hpp"

using oci::CredentialStore;

namespace {

std::string auth(const std::string& text) {
  return R"({"auth":")" + base::to_base64(text) + R"("})";
}

std::string user_for(const CredentialStore& store, std::string_view name) {
  const auto found = store.find(name);
  return found ? found->user + "/" + found->password : "";
}

}  // namespace

TEST_CASE("the longest prefix wins, whole path parts only") {
  CredentialStore store;
  store.add(R"({"auths":{"registry.example":)" + auth("host:1") + R"(,"registry.example/team":)" +
                auth("team:2") + R"(,"registry.example/team/app":)" + auth("app:3") + "}}",
            "first");
  CHECK(user_for(store, "registry.example/other/app") == "host/1");
  CHECK(user_for(store, "registry.example/team/other") == "team/2");
  CHECK(user_for(store, "registry.example/team/app") == "app/3");
  CHECK(user_for(store, "registry.example/teamwork/app") == "host/1");
  CHECK(user_for(store, "registry.example.org/team/app").empty());
  CHECK(user_for(store, "registry.example:5000/app").empty());
}

TEST_CASE("the earlier file wins for one key") {
  CredentialStore store;
  store.add(R"({"auths":{"a.example":)" + auth("first:1") + "}}", "first");
  store.add(R"({"auths":{"a.example":)" + auth("second:2") + R"(,"a.example/deep":)" + auth("deep:3") + "}}",
            "second");
  CHECK(user_for(store, "a.example/x") == "first/1");
  CHECK(user_for(store, "a.example/deep/x") == "deep/3");
  CHECK(store.find("a.example/x")->source == "first, key 'a.example'");
  CHECK(store.searched().find("first, second") != std::string::npos);
}

TEST_CASE("keys with scheme and API path, and Docker Hub's three names") {
  CredentialStore store;
  store.add(R"({"auths":{"https://index.docker.io/v1/":)" + auth("hub:1") + R"(,"https://A.example/v2/":)" +
                auth("a:2") + R"(,"http://b.example":)" + auth("b:3") + "}}",
            "config.json");
  CHECK(user_for(store, "docker.io/library/ubuntu") == "hub/1");
  CHECK(user_for(store, "a.example/x") == "a/2");
  CHECK(user_for(store, "b.example/x") == "b/3");
}

TEST_CASE("the forms of an entry") {
  CredentialStore store;
  store.add(R"({"auths":{"a":{"username":"u","password":"p:q"},"b":{"auth":")" +
                base::to_base64(std::string("u:with:colon\n\0", 14)) +
                R"("},"c":{"identitytoken":"secret-identity"},"d":{"registrytoken":"secret-registry"},"e":)" +
                auth("<token>:secret-token") + R"(,"f":{},"g":{"auth":""}}})",
            "config.json");
  CHECK(user_for(store, "a/x") == "u/p:q");
  CHECK(user_for(store, "b/x") == "u/with:colon");
  CHECK(store.find("c/x")->identity_token == "secret-identity");
  CHECK(store.find("d/x")->registry_token == "secret-registry");
  CHECK(store.find("e/x")->identity_token == "secret-token");
  CHECK_FALSE(store.find("f/x").has_value());
  CHECK_FALSE(store.find("g/x").has_value());
}

TEST_CASE("malformed files are named, their secrets are not") {
  for (const char* text :
       {"", "[]", R"({"auths":[]})", R"({"auths":{"a":"x"}})", R"({"auths":{"a":{"auth":"!!"}}})",
        R"({"auths":{"a":{"auth":"aGVsbG8td29ybGQ="}}})", R"({"auths":{"a":{"auth":1}}})"}) {
    CredentialStore store;
    CAPTURE(text);
    try {
      store.add(text, "my-config.json");
      FAIL("was accepted");
    } catch (const base::Error& error) {
      CHECK(error.message().find("my-config.json") != std::string::npos);
      CHECK(error.message().find("hello-world") == std::string::npos);
    }
  }
}

TEST_CASE("directories, mounted pull secrets and an old .dockercfg") {
  base::TemporaryDirectory directory;
  CredentialStore store;
  base::write_file(directory.path() / ".dockerconfigjson",
                   R"({"auths":{"a.example":)" + auth("secret:1") + "}}");
  base::write_file(directory.path() / ".dockercfg", R"({"b.example":)" + auth("old:2") + "}");
  store.add_file_or_directory(directory.path());
  CHECK(user_for(store, "a.example/x") == "secret/1");
  CHECK(user_for(store, "b.example/x") == "old/2");
  store.add_file_or_directory(directory.path() / "nowhere");
  CHECK(user_for(store, "c.example/x").empty());
}

TEST_CASE("credential helpers are not used and that is said") {
  CredentialStore store;
  store.add(R"({"credsStore":"desktop"})", "config.json");
  CHECK(store.searched().find("config.json (its credential helpers are not used)") != std::string::npos);
}
