// Retries and redirects over real connections.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "http/backoff.hpp"
#include "http/transport.hpp"
#include "support/catch.hpp"
#include "support/test_server.hpp"

using namespace std::chrono_literals;
using test::Peer;
using test::Received;
using test::TestServer;

namespace {

const http::RetryPolicy quick{4, 1ms, 50ms};

http::Request request_for(const std::string& method, const std::string& url) {
  http::Request request;
  request.method = method;
  request.url = http::Url::parse(url);
  return request;
}

struct Retrying {
  std::unique_ptr<http::Transport> wire = http::make_transport();
  std::unique_ptr<http::Transport> retrying = http::make_retrying(*wire, quick);
};

}  // namespace

TEST_CASE("503 and resets are tried again until they pass") {
  TestServer server([](Peer& peer, const Received& received) {
    if (received.number == 1) {
      peer.answer(503, "");
    } else if (received.number == 2) {
      peer.reset();
    } else {
      peer.answer(200, "at last");
    }
  });
  Retrying client;
  const auto response = client.retrying->send(request_for("GET", server.url()), {});
  CHECK(response.body == "at last");
  // The reset came on a reused connection, which is replaced without counting as a try.
  CHECK(server.requests() == 3);
  CHECK(response.tries == 2);
}

TEST_CASE("a failure that lasts is handed out after all tries and says how many") {
  TestServer server([](Peer& peer, const Received& received) {
    if (received.target == "/reset") return peer.reset();
    peer.answer(503, "down for repairs");
  });
  Retrying client;
  const auto request = request_for("GET", server.url("/"));
  const auto response = client.retrying->send(request, {});
  CHECK(response.status == 503);
  CHECK(response.tries == 4);
  try {
    http::expect_success(request, response);
    FAIL("no error");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::unavailable);
    CHECK(error.message() ==
          "GET " + server.url("/") + ": 503 Service Unavailable, tried 4 times: down for repairs");
  }
  try {
    client.retrying->send(request_for("GET", server.url("/reset")), {});
    FAIL("no error");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::unavailable);
    CHECK(error.message().find("tried 4 times") != std::string::npos);
  }
}

TEST_CASE("only what may be sent twice is") {
  TestServer server([](Peer& peer, const Received&) { peer.answer(503, ""); });
  Retrying client;
  CHECK(client.retrying->send(request_for("POST", server.url()), {}).tries == 1);
  auto post = request_for("POST", server.url());
  post.idempotent = true;
  CHECK(client.retrying->send(post, {}).tries == 4);
  auto put = request_for("PUT", server.url());
  put.idempotent = false;
  CHECK(client.retrying->send(put, {}).tries == 1);
}

TEST_CASE("501 and 404 are answers") {
  TestServer server(
      [](Peer& peer, const Received& received) { peer.answer(received.target == "/a" ? 501 : 404, ""); });
  Retrying client;
  CHECK(client.retrying->send(request_for("GET", server.url("/a")), {}).tries == 1);
  CHECK(client.retrying->send(request_for("GET", server.url("/b")), {}).tries == 1);
}

TEST_CASE("Retry-After is waited for, up to the cap") {
  TestServer server([](Peer& peer, const Received& received) {
    if (received.number == 1) {
      peer.answer(429, "", "Retry-After: 1\r\n");
    } else if (received.number == 2) {
      peer.answer(429, "", "Retry-After: 86400\r\n");
    } else {
      peer.answer(200, "");
    }
  });
  const auto wire = http::make_transport();
  const auto retrying = http::make_retrying(*wire, {4, 1ms, 1200ms});
  const auto start = std::chrono::steady_clock::now();
  CHECK(retrying->send(request_for("GET", server.url()), {}).status == 200);
  const auto took = std::chrono::steady_clock::now() - start;
  CHECK(took > 2100ms);
  CHECK(took < 4s);
}

TEST_CASE("Retry-After in seconds and as a date") {
  // 1994-11-06 08:49:37 UTC
  const std::chrono::system_clock::time_point now{std::chrono::seconds(784111777)};
  CHECK(http::parse_retry_after("120", now) == std::chrono::milliseconds(120'000));
  CHECK(http::parse_retry_after(" 0 ", now) == 0ms);
  CHECK(http::parse_retry_after("Sun, 06 Nov 1994 08:49:47 GMT", now) == std::chrono::milliseconds(10'000));
  CHECK(http::parse_retry_after("Sun, 06 Nov 1994 08:40:00 GMT", now) == 0ms);
  for (const char* text : {"", "-1", "soon", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
                           "Sun, 06 Nov 1994 08:49:37 CET"})
    CHECK_FALSE(http::parse_retry_after(text, now).has_value());
}

TEST_CASE("the delay doubles, with jitter, up to the cap") {
  const http::RetryPolicy policy{8, 500ms, 60'000ms};
  for (int tried = 1; tried < 40; ++tried) {
    const auto delay = http::retry_delay(policy, tried, nullptr);
    const auto full = std::min<std::chrono::milliseconds>(500ms * (1LL << std::min(tried - 1, 20)), 60'000ms);
    CHECK(delay >= full / 2);
    CHECK(delay <= full);
  }
}

TEST_CASE("a deadline ends the waiting and the message says for what") {
  TestServer server([](Peer& peer, const Received&) { peer.answer(503, "", "Retry-After: 30\r\n"); });
  const auto wire = http::make_transport();
  const auto retrying = http::make_retrying(*wire);
  base::set_deadline(std::chrono::steady_clock::now() + 400ms);
  const auto start = std::chrono::steady_clock::now();
  try {
    retrying->send(request_for("GET", server.url()), {});
    FAIL("no error");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::deadline);
    CHECK(error.message().find("503 Service Unavailable") != std::string::npos);
  }
  base::set_deadline({});
  CHECK(std::chrono::steady_clock::now() - start < 3s);
}

TEST_CASE("redirects of GET are followed; secrets stay with their origin") {
  TestServer other([](Peer& peer, const Received& received) {
    peer.answer(200, std::to_string(received.headers.count("authorization")) +
                         std::to_string(received.headers.count("cookie")) +
                         std::to_string(received.headers.count("x-key")) +
                         std::to_string(received.headers.count("accept")));
  });
  TestServer server([&](Peer& peer, const Received& received) {
    if (received.target == "/out") return void(peer.answer(307, "", "Location: " + other.url("/x") + "\r\n"));
    if (received.target == "/in") return void(peer.answer(302, "", "Location: end?x=1\r\n"));
    if (received.target == "/loop") return void(peer.answer(302, "", "Location: /loop\r\n"));
    peer.answer(200, received.target + std::to_string(received.headers.count("authorization")));
  });
  const auto wire = http::make_transport();
  const auto client = http::make_redirecting(*wire, 3, {"X-Key"});
  const auto send = [&](const std::string& method, const std::string& target) {
    auto request = request_for(method, server.url(target));
    request.headers = {{"Authorization", "Bearer t"}, {"Cookie", "c"}, {"X-Key", "k"}, {"Accept", "a"}};
    return client->send(request, {});
  };
  CHECK(send("GET", "/out").body == "0001");
  CHECK(send("GET", "/in").body == "/end?x=11");
  CHECK(send("POST", "/in").status == 302);
  CHECK_THROWS_AS(send("GET", "/loop"), base::Error);
}

TEST_CASE("the server's own words reach the message, capped and printable") {
  const auto message = [](int status, const std::string& body) {
    try {
      http::throw_http_error(request_for("GET", "http://host/x?sig=secret"), {status, {}, body, 1});
    } catch (const base::Error& error) {
      return std::pair(error.kind(), error.message());
    }
    throw std::runtime_error("no error");
  };
  CHECK(message(404, "").second.find("404 Not Found") != std::string::npos);
  CHECK(message(404, "").first == base::ErrorKind::precondition);
  CHECK(message(429, "").first == base::ErrorKind::unavailable);
  CHECK(message(501, "").first == base::ErrorKind::unavailable);
  CHECK(message(400, R"({"errors":[{"code":"DENIED","message":"not yours"}]})")
            .second.find(": DENIED not yours") != std::string::npos);
  CHECK(message(400, R"({"error_code":"RESOURCE_DOES_NOT_EXIST","message":"gone"})")
            .second.find("RESOURCE_DOES_NOT_EXIST gone") != std::string::npos);
  CHECK(message(400, "\x1b[31mred").second.find('\x1b') == std::string::npos);
  CHECK(message(400, std::string(100'000, 'x')).second.size() < 2000);
}

TEST_CASE("SIGTERM ends a request within a moment") {
  // Last in its file: a cancellation cannot be taken back, so it is tried in a child process.
  TestServer server([](Peer& peer, const Received&) { peer.drain(); });
  const pid_t child = ::fork();
  if (child == 0) {
    base::install_signal_handlers();
    std::thread([] {
      std::this_thread::sleep_for(200ms);
      ::kill(::getpid(), SIGTERM);
    }).detach();
    int code = 1;
    try {
      http::make_transport()->send(request_for("GET", server.url()), {});
    } catch (const base::Error& error) {
      code = error.kind() == base::ErrorKind::cancelled ? 0 : 2;
    }
    ::_exit(code);
  }
  const auto start = std::chrono::steady_clock::now();
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(std::chrono::steady_clock::now() - start < 2s);
}
