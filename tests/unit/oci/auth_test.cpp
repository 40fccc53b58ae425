#include "oci/auth.hpp"

#include "base/error.hpp"
#include "oci/private_address.hpp"
#include "support/catch.hpp"
#include "support/test_server.hpp"

using oci::parse_challenges;
using test::Peer;
using test::Received;
using test::TestServer;

namespace {

http::Request get(const std::string& url) {
  http::Request request;
  request.url = http::Url::parse(url);
  return request;
}

oci::Credential password_credential() {
  return {"me", "secret-pw", "", "", "config.json"};
}

}  // namespace

TEST_CASE("challenges are read with their quotes and commas") {
  const auto one = parse_challenges(
      R"(Bearer realm="https://auth.example/token",service="r",scope="repository:a/b:pull,push")");
  REQUIRE(one.size() == 1);
  CHECK(one[0].scheme == "bearer");
  CHECK(one[0].parameters.at("realm") == "https://auth.example/token");
  CHECK(one[0].parameters.at("scope") == "repository:a/b:pull,push");

  const auto two = parse_challenges(R"(Basic realm="a, \"b\"" , BEARER Realm=x , service = "s", Negotiate)");
  REQUIRE(two.size() == 3);
  CHECK(two[0].parameters.at("realm") == R"(a, "b")");
  CHECK(two[1].scheme == "bearer");
  CHECK(two[1].parameters.at("realm") == "x");
  CHECK(two[1].parameters.at("service") == "s");
  CHECK(two[2].scheme == "negotiate");

  for (const char* text : {"", ",,,", "=", "\"", "Bearer realm=\"never closed", "a=b", "Bearer realm="})
    CHECK_NOTHROW(parse_challenges(text));
}

TEST_CASE("private addresses in every notation") {
  for (const char* host : {"127.0.0.1", "127.1", "2130706433", "0x7f000001", "0", "10.1.2.3", "172.16.0.1",
                           "192.168.1.1", "169.254.169.254", "100.64.0.1", "::1", "::", "fe80::1", "fd00::1",
                           "::ffff:10.0.0.1", "localhost", "224.0.0.1", "255.255.255.255"})
    CHECK(oci::is_private_address(host));
  for (const char* host :
       {"8.8.8.8", "172.32.0.1", "100.128.0.1", "2001:db8::1", "registry.example", "10.example"})
    CHECK_FALSE(oci::is_private_address(host));
}

TEST_CASE("a registry cannot send us to a private address, or from https to http") {
  const auto registry = http::Url::parse("https://registry.example/");
  CHECK_NOTHROW(oci::check_target(registry, http::Url::parse("https://cdn.example/x")));
  CHECK_NOTHROW(oci::check_target(registry, http::Url::parse("https://registry.example:444/x")));
  CHECK_THROWS_AS(oci::check_target(registry, http::Url::parse("https://169.254.169.254/latest")),
                  base::Error);
  CHECK_THROWS_AS(oci::check_target(registry, http::Url::parse("https://[::1]/")), base::Error);
  CHECK_THROWS_AS(oci::check_target(registry, http::Url::parse("http://registry.example/")), base::Error);
  // A registry that is itself private may name its neighbours.
  CHECK_NOTHROW(
      oci::check_target(http::Url::parse("http://10.0.0.5:5000/"), http::Url::parse("http://10.0.0.6/")));
}

TEST_CASE("a token is fetched once, with credentials and scope, and used until it must be renewed") {
  TestServer tokens([](Peer& peer, const Received& received) {
    peer.answer(200,
                R"({"access_token":"token-)" + std::to_string(received.number) + R"(","expires_in":3600})");
  });
  TestServer registry([&](Peer& peer, const Received& received) {
    const auto found = received.headers.find("authorization");
    if (found != received.headers.end() && found->second == "Bearer token-1")
      return void(peer.answer(200, "content"));
    peer.answer(401, "",
                "WWW-Authenticate: Bearer realm=\"" + tokens.url("/token?account=x") +
                    "\",service=\"reg\",scope=\"repository:team/app:pull\"\r\n");
  });
  const auto wire = http::make_transport();
  oci::Authenticating client(
      *wire, {http::Url::parse(registry.url()), "repository:team/app:pull,push", password_credential()});
  CHECK(client.send(get(registry.url("/v2/a")), {}).body == "content");
  CHECK(client.send(get(registry.url("/v2/b")), {}).body == "content");
  REQUIRE(tokens.requests() == 1);
  const auto asked = tokens.log().at(0);
  CHECK(asked.target == "/token?account=x&service=reg&scope=repository%3Ateam%2Fapp%3Apull%2Cpush");
  CHECK(asked.headers.at("authorization") == "Basic bWU6c2VjcmV0LXB3");
  CHECK(registry.requests() == 3);
}

TEST_CASE("a further scope is asked for once, first of all") {
  TestServer tokens([](Peer& peer, const Received&) { peer.answer(200, R"({"token":"not-enough"})"); });
  TestServer registry([&](Peer& peer, const Received&) {
    peer.answer(
        401, "",
        "WWW-Authenticate: Bearer realm=\"" + tokens.url("/") + "\",scope=\"repository:other:pull\"\r\n");
  });
  const auto wire = http::make_transport();
  oci::Authenticating client(*wire, {http::Url::parse(registry.url()), "repository:app:pull", std::nullopt});
  CHECK(client.send(get(registry.url()), {}).status == 401);
  CHECK(tokens.requests() == 1);
  CHECK(tokens.log().at(0).target == "/?scope=repository%3Aother%3Apull&scope=repository%3Aapp%3Apull");
  CHECK(tokens.log().at(0).headers.count("authorization") == 0);
}

TEST_CASE("an identity token is exchanged by POST") {
  std::string form;
  TestServer tokens([&](Peer& peer, const Received& received) {
    form = peer.read_body(std::stoull(received.headers.at("content-length")));
    peer.answer(200, R"({"access_token":"fresh"})");
  });
  TestServer registry([&](Peer& peer, const Received& received) {
    if (received.headers.count("authorization") != 0)
      return void(peer.answer(200, received.headers.at("authorization")));
    peer.answer(401, "", "WWW-Authenticate: Bearer realm=\"" + tokens.url("/") + "\",service=\"s\"\r\n");
  });
  const auto wire = http::make_transport();
  oci::Credential credential{"<token>", "", "identity-secret", "", "config.json"};
  oci::Authenticating client(*wire, {http::Url::parse(registry.url()), "repository:app:pull", credential});
  CHECK(client.send(get(registry.url()), {}).body == "Bearer fresh");
  CHECK(form.find("grant_type=refresh_token&service=s") == 0);
  CHECK(form.find("refresh_token=identity-secret") != std::string::npos);
}

TEST_CASE("credentials stay with the registry") {
  TestServer other([](Peer& peer, const Received& received) {
    peer.answer(200, std::to_string(received.headers.count("authorization")));
  });
  TestServer registry([](Peer& peer, const Received& received) {
    if (received.headers.count("authorization") != 0) return void(peer.answer(200, "in"));
    peer.answer(401, "", "WWW-Authenticate: Basic realm=\"r\"\r\n");
  });
  const auto wire = http::make_transport();
  oci::Authenticating client(*wire, {http::Url::parse(registry.url()), "", password_credential()});
  CHECK(client.send(get(registry.url()), {}).body == "in");
  CHECK(client.send(get(other.url()), {}).body == "0");
}

TEST_CASE("malformed token answers and refusals are errors that name no secret") {
  std::string body;
  int status = 200;
  TestServer tokens([&](Peer& peer, const Received&) { peer.answer(status, body); });
  TestServer registry([&](Peer& peer, const Received&) {
    peer.answer(401, "", "WWW-Authenticate: Bearer realm=\"" + tokens.url("/") + "\"\r\n");
  });
  const auto wire = http::make_transport();
  for (const auto& [code, text] : std::vector<std::pair<int, std::string>>{{200, ""},
                                                                           {200, "[]"},
                                                                           {200, "{}"},
                                                                           {200, R"({"token":""})"},
                                                                           {200, R"({"token":1})"},
                                                                           {200, std::string(100'000, ' ')},
                                                                           {401, "no"},
                                                                           {403, "no"}}) {
    status = code;
    body = text;
    oci::Authenticating client(
        *wire, {http::Url::parse(registry.url()), "repository:app:pull", password_credential()});
    try {
      client.send(get(registry.url()), {});
      FAIL("was accepted");
    } catch (const base::Error& error) {
      CHECK(error.kind() == (code == 200 ? base::ErrorKind::input : base::ErrorKind::precondition));
      CHECK(error.message().find("secret-pw") == std::string::npos);
    }
  }
}
