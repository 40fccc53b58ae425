// TLS: who is trusted, for which name, and what the message says otherwise.
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

struct Pki {
  base::TemporaryDirectory directory;
  test::Identity authority = test::make_identity("test authority", "", nullptr);
  std::filesystem::path ca_file = directory.path() / "ca.pem";

  Pki() { test::write_certificate(authority, ca_file); }

  http::TlsSettings trusting() const {
    http::TlsSettings settings;
    settings.ca_file = ca_file;
    return settings;
  }
};

void greet(Peer& peer, const Received&) {
  peer.answer(200, "hello");
}

http::Response get(const TestServer& server, http::TlsSettings settings) {
  http::Request request;
  request.url = http::Url::parse(server.url());
  return http::make_transport(std::move(settings))->send(request, {});
}

void check_refused(const TestServer& server, const http::TlsSettings& settings, const std::string& why) {
  try {
    get(server, settings);
    FAIL("was trusted");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::precondition);
    CHECK(error.message().find(why) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("a server of the named authority is trusted, by address") {
  const Pki pki;
  const auto identity = test::make_identity("server", "IP:127.0.0.1", &pki.authority);
  const auto context = test::make_server_context(identity);
  TestServer server(greet, context.get());
  CHECK(get(server, pki.trusting()).body == "hello");
}

TEST_CASE("the connection is kept with TLS, too, and large bodies pass both ways") {
  const Pki pki;
  const auto identity = test::make_identity("server", "IP:127.0.0.1", &pki.authority);
  const auto context = test::make_server_context(identity);
  const std::string large(5'000'000, 'x');
  TestServer server(
      [&](Peer& peer, const Received& received) {
        peer.answer(200, peer.read_body(std::stoull(received.headers.at("content-length"))));
      },
      context.get());
  const auto transport = http::make_transport(pki.trusting());
  http::Request request;
  request.method = "PUT";
  request.url = http::Url::parse(server.url());
  request.body = large;
  CHECK(transport->send(request, {}).body == large);
  CHECK(transport->send(request, {}).body == large);
  CHECK(server.connections() == 1);
}

TEST_CASE("an unknown authority, another name and an expired certificate are refused") {
  const Pki pki;
  const auto own = test::make_identity("server", "IP:127.0.0.1", nullptr);
  const auto own_context = test::make_server_context(own);
  TestServer self_signed(greet, own_context.get());
  check_refused(self_signed, pki.trusting(), "self-signed");

  const auto other = test::make_identity("server", "DNS:elsewhere.example", &pki.authority);
  const auto other_context = test::make_server_context(other);
  TestServer other_name(greet, other_context.get());
  check_refused(other_name, pki.trusting(), "mismatch");

  const auto old = test::make_identity("server", "IP:127.0.0.1", &pki.authority, -60);
  const auto old_context = test::make_server_context(old);
  TestServer expired(greet, old_context.get());
  check_refused(expired, pki.trusting(), "expired");
}

TEST_CASE("verification can be switched off") {
  const auto own = test::make_identity("server", "DNS:elsewhere.example", nullptr);
  const auto context = test::make_server_context(own);
  TestServer server(greet, context.get());
  http::TlsSettings settings;
  settings.verify = false;
  CHECK(get(server, settings).body == "hello");
}

TEST_CASE("a client certificate is shown when there is one") {
  const Pki pki;
  const auto identity = test::make_identity("server", "IP:127.0.0.1", &pki.authority);
  const auto context = test::make_server_context(identity, &pki.authority);
  TestServer server(greet, context.get());
  const auto client = test::make_identity("client", "DNS:client", &pki.authority);
  auto settings = pki.trusting();
  CHECK_THROWS_AS(get(server, settings), base::Error);
  settings.client_certificate = pki.directory.path() / "client.pem";
  test::write_certificate_and_key(client, *settings.client_certificate);
  CHECK(get(server, settings).body == "hello");
}

TEST_CASE("https to a server that speaks plain http, and files that are no certificates") {
  const Pki pki;
  TestServer plain([](Peer& peer, const Received&) { peer.end(); });
  http::Request request;
  request.url = http::Url::parse("https://" + plain.authority() + "/");
  http::Limits limits;
  limits.connect = std::chrono::milliseconds(300);
  CHECK_THROWS_AS(http::make_transport(pki.trusting())->send(request, limits), base::Error);
  http::TlsSettings settings;
  settings.ca_file = pki.directory.path() / "none.pem";
  CHECK_THROWS_AS(http::make_transport(settings)->send(request, {}), base::Error);
}
