// What real registries do rarely or never: pages, strange locations, lost uploads. The rest is tested against
// real ones.
#include "oci/registry.hpp"

#include "base/error.hpp"
#include "crypto/hash.hpp"
#include "support/catch.hpp"
#include "support/test_server.hpp"

using test::Peer;
using test::Received;
using test::TestServer;

namespace {

const std::string digest_a = "sha256:" + std::string(64, 'a');

oci::RegistryAccess access_to(const TestServer& server) {
  oci::RegistryAccess access;
  access.base = http::Url::parse(server.url());
  access.for_push = true;
  access.retry = {3, std::chrono::milliseconds(1), std::chrono::milliseconds(5)};
  return access;
}

std::unique_ptr<oci::Repository> repository_at(const TestServer& server) {
  return std::make_unique<oci::RegistryRepository>(oci::Reference::parse(server.authority() + "/team/app"),
                                                   access_to(server));
}

std::string index_of(const std::vector<std::string>& digits) {
  std::string entries;
  for (const auto& digit : digits)
    entries += (entries.empty() ? "" : ",") +
               (R"({"mediaType":"m","size":1,"digest":"sha256:)" + std::string(64, digit.at(0)) + R"("})");
  return R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[)" +
         entries + "]}";
}

std::size_t length_of(const Received& received) {
  const auto found = received.headers.find("content-length");
  return found == received.headers.end() ? 0 : std::stoull(found->second);
}

oci::Descriptor describe(const std::string& bytes) {
  return {"text/plain", crypto::sha256(bytes), bytes.size(), {}, std::nullopt, std::nullopt};
}

}  // namespace

TEST_CASE("referrers come in pages, each once, up to the limit") {
  TestServer server([](Peer& peer, const Received& received) {
    const bool first = received.target.find("page") == std::string::npos;
    peer.answer(200, first ? index_of({"1", "2"}) : index_of({"2", "3"}),
                first ? "Link: <?page=2>; rel=\"next\"\r\n" : "");
  });
  const auto repository = repository_at(server);
  const auto found = repository->referrers(base::Digest::parse(digest_a), 1000);
  CHECK(found.size() == 3);
  CHECK(repository->referrers(base::Digest::parse(digest_a), 1).size() == 1);
  CHECK(server.log().at(1).target == "/v2/team/app/referrers/" + digest_a + "?page=2");
}

TEST_CASE("pages without an end are refused") {
  TestServer server(
      [](Peer& peer, const Received&) { peer.answer(200, index_of({}), "Link: </v2/x>; rel=next\r\n"); });
  CHECK_THROWS_AS(repository_at(server)->referrers(base::Digest::parse(digest_a), 1000), base::Error);
  CHECK(server.requests() == 100);
}

TEST_CASE("a registry without the API, and without the fallback tag, has no referrers") {
  TestServer server([](Peer& peer, const Received&) { peer.answer(404, "404 page not found"); });
  CHECK(repository_at(server)->referrers(base::Digest::parse(digest_a), 1000).empty());
  CHECK(server.log().at(1).target == "/v2/team/app/manifests/sha256-" + std::string(64, 'a'));
}

TEST_CASE("a failing referrers API is not taken for an empty one") {
  TestServer server([](Peer& peer, const Received&) { peer.answer(500, ""); });
  CHECK_THROWS_AS(repository_at(server)->referrers(base::Digest::parse(digest_a), 1000), base::Error);
  TestServer denied([](Peer& peer, const Received&) { peer.answer(403, ""); });
  CHECK_THROWS_AS(repository_at(denied)->referrers(base::Digest::parse(digest_a), 1000), base::Error);
  TestServer malformed([](Peer& peer, const Received&) { peer.answer(200, "{}"); });
  CHECK_THROWS_AS(repository_at(malformed)->referrers(base::Digest::parse(digest_a), 1000), base::Error);
}

TEST_CASE("the latest location is used, its query kept, relative or absolute") {
  const std::string large(9'000'000, 'x');
  std::size_t patched = 0;
  TestServer server([&](Peer& peer, const Received& received) {
    const auto body = peer.read_body(length_of(received));
    if (received.method == "HEAD") {
      peer.answer(404, "");
    } else if (received.method == "POST") {
      peer.answer(202, "", "Location: ../uploads/1?_state=a\r\n");
    } else if (received.method == "PATCH") {
      patched = body.size();
      peer.answer(202, "", "Location: http://" + received.headers.at("host") + "/else/2?_state=b%2Fc\r\n");
    } else {
      peer.answer(201, "");
    }
  });
  const auto descriptor = describe(large);
  repository_at(server)->put_blob(descriptor, large);
  const auto log = server.log();
  REQUIRE(log.size() == 4);
  CHECK(patched == large.size());
  CHECK(log[2].target == "/v2/team/app/blobs/uploads/1?_state=a");
  CHECK(log[3].target == "/else/2?_state=b%2Fc&digest=" + http::percent_encode(descriptor.digest.text()));
  CHECK(log[3].headers.at("content-length") == "0");
}

TEST_CASE("an upload that ends always is given up after six") {
  TestServer server([](Peer& peer, const Received& received) {
    peer.read_body(length_of(received));
    if (received.method == "HEAD") return void(peer.answer(404, ""));
    if (received.method == "POST") return void(peer.answer(202, "", "Location: /u\r\n"));
    peer.reset();
  });
  try {
    repository_at(server)->put_blob(describe("small"), std::string("small"));
    FAIL("no error");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::unavailable);
  }
  int puts = 0;
  for (const auto& received : server.log()) puts += received.method == "PUT" ? 1 : 0;
  CHECK(puts == 6);
}

TEST_CASE("an upload is not begun without a location, and not sent to a private host") {
  std::string location;
  TestServer server([&](Peer& peer, const Received& received) {
    peer.answer(received.method == "HEAD" ? 404 : 202, "", location);
  });
  CHECK_THROWS_AS(repository_at(server)->put_blob(describe("x"), std::string("x")), base::Error);
  location = "Location: gopher://x/\r\n";
  CHECK_THROWS_AS(repository_at(server)->put_blob(describe("x"), std::string("x")), base::Error);
}

TEST_CASE("an existing blob is not sent, also when the registry answers with a redirect") {
  TestServer server(
      [](Peer& peer, const Received&) { peer.answer(307, "", "Location: https://cdn.example/x\r\n"); });
  repository_at(server)->put_blob(describe("x"), std::string("x"));
  CHECK(server.requests() == 1);
}

TEST_CASE("a blob of another size or content than its descriptor is refused") {
  TestServer server([](Peer& peer, const Received&) { peer.answer(200, "hello"); });
  const auto repository = repository_at(server);
  CHECK(repository->blob(describe("hello"), 100) == "hello");
  CHECK_THROWS_AS(repository->blob(describe("jello"), 100), base::Error);
  CHECK_THROWS_AS(repository->blob(describe("hello"), 4), base::Error);
  auto lying = describe("hello");
  lying.size = 4;
  const http::BodySink sink{[] {}, [](std::string_view) {}};
  CHECK_THROWS_AS(repository->read_blob(lying, sink), base::Error);
  lying.size = 6;
  CHECK_THROWS_AS(repository->read_blob(lying, sink), base::Error);
}

TEST_CASE("a registry that stores something else than it was given is caught") {
  TestServer server([](Peer& peer, const Received& received) {
    peer.read_body(length_of(received));
    peer.answer(201, "", "Docker-Content-Digest: " + digest_a + "\r\n");
  });
  const oci::RawManifest raw{"{}", std::string(oci::media_type::oci_manifest), crypto::sha256("{}")};
  CHECK_THROWS_AS(repository_at(server)->put_manifest(raw, "v1"), base::Error);
}
