// The wire: real sockets, a server that misbehaves on demand.
#include <chrono>
#include <numeric>
#include <thread>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/interrupt.hpp"
#include "http/transport.hpp"
#include "support/catch.hpp"
#include "support/test_server.hpp"

using namespace std::chrono_literals;
using test::Peer;
using test::Received;
using test::TestServer;

namespace {

http::Request request_for(const std::string& method, const std::string& url) {
  http::Request request;
  request.method = method;
  request.url = http::Url::parse(url);
  return request;
}

http::Limits short_limits() {
  http::Limits limits;
  limits.connect = 1000ms;
  limits.idle = 400ms;
  limits.total = 5000ms;
  return limits;
}

// The error that `action` throws; kind and message are then asserted.
template <class Action>
base::Error error_of(Action action) {
  try {
    action();
  } catch (const base::Error& error) {
    return error;
  }
  throw std::runtime_error("no error was thrown");
}

std::size_t length_of(const Received& received) {
  return std::stoull(received.headers.at("content-length"));
}

using Clock = std::chrono::steady_clock;

// A body of `size` bytes that follow a pattern.
http::BodySource patterned(std::uint64_t size) {
  return http::BodySource{size, [size] {
                            return [at = std::uint64_t{0}, size](char* buffer, std::size_t room) mutable {
                              std::size_t count = 0;
                              while (count < room && at < size)
                                buffer[count++] = static_cast<char>('a' + at++ % 26);
                              return count;
                            };
                          }};
}

}  // namespace

TEST_CASE("GET returns status, headers and body, and the connection is used again") {
  TestServer server([](Peer& peer, const Received& received) {
    peer.answer(200, "hello " + received.target, "X-Thing: a\r\nx-thing: b\r\n");
  });
  const auto transport = http::make_transport();
  const auto response = transport->send(request_for("GET", server.url("/one?q=1")), {});
  CHECK(response.status == 200);
  CHECK(response.body == "hello /one?q=1");
  CHECK(response.headers.all("X-THING") == std::vector<std::string>{"a", "b"});
  CHECK(transport->send(request_for("GET", server.url("/two")), {}).body == "hello /two");
  CHECK(server.connections() == 1);
  CHECK(server.log()[0].headers.at("host") == server.authority());
}

TEST_CASE("an error status is an answer with its body") {
  TestServer server([](Peer& peer, const Received&) { peer.answer(404, "no such thing"); });
  const auto response = http::make_transport()->send(request_for("GET", server.url()), {});
  CHECK(response.status == 404);
  CHECK(response.body == "no such thing");
}

TEST_CASE("POST and PUT send text and streamed bodies with their length") {
  std::string body;
  TestServer server([&](Peer& peer, const Received& received) {
    body = peer.read_body(length_of(received));
    peer.answer(201, "");
  });
  const auto transport = http::make_transport();
  auto post = request_for("POST", server.url());
  post.body = std::string("some text");
  CHECK(transport->send(post, {}).status == 201);
  CHECK(body == "some text");

  auto put = request_for("PUT", server.url());
  put.body = patterned(3'000'001);
  CHECK(transport->send(put, {}).status == 201);
  REQUIRE(body.size() == 3'000'001);
  CHECK(body[3'000'000] == static_cast<char>('a' + 3'000'000 % 26));

  auto empty = request_for("POST", server.url());
  CHECK(transport->send(empty, {}).status == 201);
  CHECK(server.log()[2].headers.at("content-length") == "0");
  CHECK(server.connections() == 1);
}

TEST_CASE("a part of a file is sent from its offset") {
  base::TemporaryDirectory directory;
  base::write_file(directory.path() / "f", "0123456789");
  std::string body;
  TestServer server([&](Peer& peer, const Received& received) {
    body = peer.read_body(length_of(received));
    peer.answer(200, "");
  });
  const auto transport = http::make_transport();
  auto put = request_for("PUT", server.url());
  put.body = http::file_body(directory.path() / "f", 3, 4);
  transport->send(put, {});
  CHECK(body == "3456");
  put.body = http::file_body(directory.path() / "f", 3, 8);
  const auto error = error_of([&] { transport->send(put, {}); });
  CHECK(error.kind() == base::ErrorKind::input);
  CHECK(error.message().find("became shorter") != std::string::npos);
}

TEST_CASE("HEAD has no body whatever its length says") {
  TestServer server([](Peer& peer, const Received&) {
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n");
  });
  const auto transport = http::make_transport();
  const auto response = transport->send(request_for("HEAD", server.url()), {});
  CHECK(response.headers.get("content-length") == "99999999999");
  CHECK(transport->send(request_for("HEAD", server.url()), {}).status == 200);
  CHECK(server.connections() == 1);
}

TEST_CASE("chunked and close-delimited bodies, interim answers and a sink") {
  TestServer server([](Peer& peer, const Received& received) {
    if (received.target == "/chunked") {
      peer.write(
          "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      peer.write("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
    } else {
      peer.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end");
      peer.close_after_this();
    }
  });
  const auto transport = http::make_transport();
  CHECK(transport->send(request_for("GET", server.url("/chunked")), {}).body == "hello world");
  auto request = request_for("GET", server.url("/close"));
  std::string taken = "rest of a former try";
  request.sink = http::BodySink{[&] { taken.clear(); }, [&](std::string_view part) { taken += part; }};
  const auto response = transport->send(request, {});
  CHECK(response.body.empty());
  CHECK(taken == "until the end");
}

TEST_CASE("a sink does not get the body of an error") {
  TestServer server([](Peer& peer, const Received&) { peer.answer(403, "forbidden"); });
  auto request = request_for("GET", server.url());
  bool called = false;
  request.sink = http::BodySink{[&] { called = true; }, [&](std::string_view) { called = true; }};
  const auto response = http::make_transport()->send(request, {});
  CHECK(response.body == "forbidden");
  CHECK_FALSE(called);
}

TEST_CASE("a body larger than the limit is refused, with and without a length") {
  TestServer server([](Peer& peer, const Received& received) {
    if (received.target == "/length") {
      peer.answer(200, std::string(2000, 'x'));
    } else {
      peer.write("HTTP/1.1 200 OK\r\n\r\n" + std::string(2000, 'x'));
      peer.close_after_this();
    }
  });
  http::Limits limits;
  limits.max_body = 1000;
  for (const char* target : {"/length", "/endless"}) {
    const auto error =
        error_of([&] { http::make_transport()->send(request_for("GET", server.url(target)), limits); });
    CHECK(error.kind() == base::ErrorKind::input);
    CHECK(error.message().find("GET http://127.0.0.1") != std::string::npos);
    CHECK(error.message().find("larger than") != std::string::npos);
  }
}

TEST_CASE("a server that never answers is given up after the idle limit") {
  TestServer server([](Peer& peer, const Received&) { peer.drain(); });
  const auto start = Clock::now();
  const auto error =
      error_of([&] { http::make_transport()->send(request_for("GET", server.url()), short_limits()); });
  CHECK(error.kind() == base::ErrorKind::unavailable);
  CHECK(error.message().find("no data for 400 ms") != std::string::npos);
  CHECK(Clock::now() - start < 3s);
}

TEST_CASE("a slow drip outlives the idle limit but not the total one") {
  TestServer server([](Peer& peer, const Received& received) {
    const int count = received.target == "/short" ? 12 : 1000;
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(count) + "\r\n\r\n");
    for (int i = 0; i < count && peer.write("x"); ++i) std::this_thread::sleep_for(60ms);
  });
  const auto transport = http::make_transport();
  CHECK(transport->send(request_for("GET", server.url("/short")), short_limits()).body.size() == 12);
  auto limits = short_limits();
  limits.total = 800ms;
  const auto start = Clock::now();
  const auto error = error_of([&] { transport->send(request_for("GET", server.url("/long")), limits); });
  CHECK(error.kind() == base::ErrorKind::unavailable);
  CHECK(Clock::now() - start < 3s);
}

TEST_CASE("a truncated answer, a reset and a refused connection are unavailable") {
  TestServer server([](Peer& peer, const Received& received) {
    if (received.target == "/cut") peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
    if (received.target == "/reset") peer.reset();
    peer.close_after_this();
  });
  for (const char* target : {"/cut", "/reset", "/nothing"}) {
    const auto error =
        error_of([&] { http::make_transport()->send(request_for("GET", server.url(target)), {}); });
    CHECK(error.kind() == base::ErrorKind::unavailable);
  }
  std::string gone;
  {
    TestServer ended([](Peer&, const Received&) {});
    gone = ended.url();
  }
  const auto error = error_of([&] { http::make_transport()->send(request_for("GET", gone), {}); });
  CHECK(error.kind() == base::ErrorKind::unavailable);
  CHECK(error.message().find("Connection refused") != std::string::npos);
}

TEST_CASE("what is not HTTP is malformed") {
  TestServer server([](Peer& peer, const Received&) {
    peer.write("SSH-2.0-OpenSSH_9.2\r\n\r\n");
    peer.close_after_this();
  });
  const auto error = error_of([&] { http::make_transport()->send(request_for("GET", server.url()), {}); });
  CHECK(error.kind() == base::ErrorKind::input);
}

TEST_CASE("a reused connection that the server closes is replaced once") {
  // The close comes while the second request is on its way: the connection looks alive until then.
  TestServer server([](Peer& peer, const Received& received) {
    if (received.number == 2) return peer.close_after_this();
    peer.answer(200, std::to_string(received.connection));
  });
  const auto transport = http::make_transport();
  CHECK(transport->send(request_for("GET", server.url()), {}).body == "1");
  CHECK(transport->send(request_for("GET", server.url()), {}).body == "2");
  CHECK(server.requests() == 3);
}

TEST_CASE("a request that must not be sent twice is not") {
  TestServer server([](Peer& peer, const Received& received) {
    if (received.number == 2) return peer.close_after_this();
    peer.answer(200, "");
  });
  const auto transport = http::make_transport();
  transport->send(request_for("GET", server.url()), {});
  CHECK_THROWS_AS(transport->send(request_for("POST", server.url()), {}), base::Error);
  CHECK(server.requests() == 2);
}

TEST_CASE("an error that comes before the body is sent ends the sending") {
  TestServer server([](Peer& peer, const Received&) {
    peer.answer(401, "who are you?", "Connection: close\r\n");
    peer.drain();
  });
  auto put = request_for("PUT", server.url());
  std::uint64_t read = 0;
  const std::uint64_t size = std::uint64_t{4} << 30U;
  put.body = http::BodySource{size, [&] {
                                return [&](char* buffer, std::size_t room) {
                                  std::fill(buffer, buffer + room, 'x');
                                  read += room;
                                  return room;
                                };
                              }};
  const auto start = Clock::now();
  const auto response = http::make_transport()->send(put, {});
  CHECK(response.status == 401);
  CHECK(response.body == "who are you?");
  CHECK(read < size / 2);
  CHECK(Clock::now() - start < 5s);
}

TEST_CASE("an error from a server that closes without reading is still seen") {
  TestServer server([](Peer& peer, const Received&) {
    peer.answer(413, "too large", "Connection: close\r\n");
    std::this_thread::sleep_for(100ms);
    peer.close_after_this();
  });
  auto put = request_for("PUT", server.url());
  put.body = patterned(std::uint64_t{64} << 20U);
  CHECK(http::make_transport()->send(put, {}).status == 413);
}

TEST_CASE("a source that ends too early is our bug and says so") {
  TestServer server([](Peer& peer, const Received&) { peer.drain(); });
  auto put = request_for("PUT", server.url());
  put.body = http::BodySource{1000, [] { return [](char*, std::size_t) { return std::size_t{0}; }; }};
  const auto error = error_of([&] { http::make_transport()->send(put, {}); });
  CHECK(error.kind() == base::ErrorKind::internal);
}

TEST_CASE("headers cannot smuggle others") {
  TestServer server([](Peer& peer, const Received&) { peer.answer(200, ""); });
  auto request = request_for("GET", server.url());
  request.headers.set("X-Tag", "a\r\nAuthorization: me");
  const auto error = error_of([&] { http::make_transport()->send(request, {}); });
  CHECK(error.kind() == base::ErrorKind::input);
  CHECK(server.requests() == 0);
}

TEST_CASE("the step's deadline ends a request at once") {
  TestServer server([](Peer& peer, const Received&) { peer.drain(); });
  base::set_deadline(Clock::now() + 300ms);
  const auto start = Clock::now();
  const auto error = error_of([&] { http::make_transport()->send(request_for("GET", server.url()), {}); });
  base::set_deadline(Clock::time_point{});
  CHECK(error.kind() == base::ErrorKind::deadline);
  CHECK(Clock::now() - start < 2s);
}
