#include "http/proxy.hpp"

#include <cstdlib>

#include "base/error.hpp"
#include "base/files.hpp"
#include "http/transport.hpp"
#include "support/catch.hpp"
#include "support/test_certificates.hpp"
#include "support/test_server.hpp"

using test::Peer;
using test::Received;
using test::TestServer;

namespace {

// Sets variables for one test; all that this file knows are unset before and after.
class Environment {
 public:
  Environment(std::initializer_list<std::pair<const char*, std::string>> values) {
    clear();
    for (const auto& [name, value] : values) ::setenv(name, value.c_str(), 1);
  }
  ~Environment() { clear(); }

 private:
  static void clear() {
    for (const char* name :
         {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"})
      ::unsetenv(name);
  }
};

std::string proxy_text(const char* url) {
  const auto proxy = http::proxy_for(http::Url::parse(url));
  return proxy ? proxy->authority() : "";
}

}  // namespace

TEST_CASE("NO_PROXY names domains, addresses, blocks and ports") {
  const auto bypasses = [](const char* list, const char* host, const char* port = "443") {
    return http::bypasses_proxy(list, host, port);
  };
  CHECK(bypasses("*", "a.example"));
  CHECK(bypasses("example.com", "example.com"));
  CHECK(bypasses("example.com", "a.example.com"));
  CHECK(bypasses(" x , .Example.com ", "a.example.com"));
  CHECK(bypasses("*.example.com", "a.example.com"));
  CHECK_FALSE(bypasses("example.com", "badexample.com"));
  CHECK_FALSE(bypasses("", "a"));
  CHECK(bypasses("10.0.0.0/8", "10.255.1.2"));
  CHECK_FALSE(bypasses("10.0.0.0/8", "11.0.0.1"));
  CHECK(bypasses("10.0.0.128/25", "10.0.0.129"));
  CHECK_FALSE(bypasses("10.0.0.128/25", "10.0.0.127"));
  CHECK_FALSE(bypasses("10.0.0.0/8", "ten.example"));
  CHECK(bypasses("fd00::/8", "fd12::1"));
  CHECK(bypasses("192.168.1.1", "192.168.1.1"));
  CHECK(bypasses("a.example:8443", "a.example", "8443"));
  CHECK_FALSE(bypasses("a.example:8443", "a.example", "443"));
  CHECK(bypasses("[::2]:443", "::2"));
}

TEST_CASE("the proxy is chosen by scheme; loopback goes without") {
  const Environment environment{
      {"HTTP_PROXY", "http://plain:3128"}, {"HTTPS_PROXY", "secure:3129"}, {"NO_PROXY", "internal"}};
  CHECK(proxy_text("http://registry.example/") == "plain:3128");
  CHECK(proxy_text("https://registry.example/") == "secure:3129");
  CHECK(proxy_text("https://a.internal/").empty());
  CHECK(proxy_text("http://localhost:5000/").empty());
  CHECK(proxy_text("http://127.1.2.3/").empty());
  CHECK(proxy_text("http://[::1]/").empty());
}

TEST_CASE("a proxy that is spoken to by TLS is not supported and says so") {
  const Environment environment{{"https_proxy", "https://proxy:3128"}};
  CHECK_THROWS_AS(http::proxy_for(http::Url::parse("https://registry.example/")), base::Error);
}

TEST_CASE("plain http is asked of the proxy by the whole address, with its credentials") {
  TestServer proxy([](Peer& peer, const Received&) { peer.answer(200, "from afar"); });
  const Environment environment{{"HTTP_PROXY", "http://me:p%40ss@" + proxy.authority()}};
  http::Request request;
  request.url = http::Url::parse("http://registry.example/v2/?x=1");
  CHECK(http::make_transport()->send(request, {}).body == "from afar");
  const auto log = proxy.log();
  CHECK(log.at(0).target == "http://registry.example/v2/?x=1");
  CHECK(log.at(0).headers.at("host") == "registry.example");
  CHECK(log.at(0).headers.at("proxy-authorization") == "Basic bWU6cEBzcw==");
}

TEST_CASE("https goes through a tunnel, and the server's certificate is checked at its far end") {
  const auto authority = test::make_identity("authority", "", nullptr);
  const auto identity = test::make_identity("server", "DNS:registry.example", &authority);
  const auto context = test::make_server_context(identity);
  base::TemporaryDirectory directory;
  test::write_certificate(authority, directory.path() / "ca.pem");
  // The proxy ends the tunnel itself: it takes the place of the server after its answer.
  TestServer proxy([&](Peer& peer, const Received& received) {
    if (received.method != "CONNECT") {
      peer.answer(200, "inside");
      return;
    }
    peer.write("HTTP/1.1 200 Connection established\r\n\r\n");
    peer.start_tls(context.get());
  });
  const Environment environment{{"HTTPS_PROXY", "http://me:pw@" + proxy.authority()}};
  http::TlsSettings settings;
  settings.ca_file = directory.path() / "ca.pem";
  const auto transport = http::make_transport(settings);
  http::Request request;
  request.url = http::Url::parse("https://registry.example/v2/");
  CHECK(transport->send(request, {}).body == "inside");
  CHECK(transport->send(request, {}).body == "inside");
  const auto log = proxy.log();
  REQUIRE(log.size() == 3);
  CHECK(log[0].target == "registry.example:443");
  CHECK(log[0].headers.count("proxy-authorization") == 1);
  CHECK(log[1].target == "/v2/");
  CHECK(log[1].headers.count("proxy-authorization") == 0);

  request.url = http::Url::parse("https://other.example/");
  CHECK_THROWS_AS(transport->send(request, {}), base::Error);
}

TEST_CASE("a proxy that refuses is named") {
  TestServer proxy([](Peer& peer, const Received&) { peer.answer(407, "no"); });
  const Environment environment{{"HTTPS_PROXY", "http://" + proxy.authority()}};
  http::Request request;
  request.url = http::Url::parse("https://registry.example/");
  try {
    http::make_transport()->send(request, {});
    FAIL("no error");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::precondition);
    CHECK(error.message().find("the proxy " + proxy.authority() + " answered 407") != std::string::npos);
  }
}
