// Transport: one HTTP exchange, synchronous outside, asynchronous inside.
//
// A status of 400 or more is an answer, not an error (404 often is one). Errors: Error{unavailable} when the
// exchange failed on the way (refused, reset, timed out, truncated), Error{precondition} when TLS does not
// trust the server, Error{input} when the answer is malformed or larger than the limit, Error{cancelled} and
// Error{deadline} from base/interrupt.hpp. Messages carry method and redacted address. Threads: a transport
// belongs to one thread; it keeps one idle connection per origin.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/message.hpp"

namespace http {

struct Limits {
  std::chrono::milliseconds connect{10'000};  // name look-up excluded; TLS handshake included
  std::chrono::milliseconds idle{30'000};     // without a byte in either direction
  std::chrono::milliseconds total{std::chrono::hours(24)};
  std::uint64_t max_body = std::uint64_t{16} << 20U;  // of the response; for a sink too
};

class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  virtual Response send(const Request& request, const Limits& limits) = 0;
};

struct TlsSettings {
  std::optional<std::filesystem::path>
      ca_file;  // in addition to the system's (SSL_CERT_FILE, SSL_CERT_DIR are heeded)
  std::optional<std::filesystem::path> client_certificate;  // PEM, certificate and key
  bool verify = true;
};

// The real one. HTTPS_PROXY, HTTP_PROXY and NO_PROXY (and their lower-case forms) are heeded; NO_PROXY always
// holds for loopback addresses.
std::unique_ptr<Transport> make_transport(TlsSettings tls = {});

// Retries connection errors, 408, 429 and 5xx (not 501) of idempotent requests: `tries` in all, exponential
// delay with jitter up to `cap`, Retry-After (seconds or date) honoured up to `cap`. A message says how often
// it was tried.
struct RetryPolicy {
  int tries = 8;
  std::chrono::milliseconds first{500};
  std::chrono::milliseconds cap{60'000};
};
std::unique_ptr<Transport> make_retrying(Transport& inner, RetryPolicy policy = {});

// Follows up to `most` redirects of GET and HEAD. Authorization, Cookie and every header named in
// `secret_headers` are dropped when the origin changes; https never becomes http.
std::unique_ptr<Transport> make_redirecting(Transport& inner, int most = 10,
                                            std::vector<std::string> secret_headers = {});

// The usual pile: redirecting over retrying over the real one.
class Client : public Transport {
 public:
  explicit Client(TlsSettings tls = {}, RetryPolicy policy = {});
  Response send(const Request& request, const Limits& limits) override;

 private:
  std::unique_ptr<Transport> wire_;
  std::unique_ptr<Transport> retrying_;
  std::unique_ptr<Transport> redirecting_;
};

// Turns a response that is not 2xx into an Error with the server's own words (capped, printable): 401, 403,
// 404, 409, 412 and other 4xx are precondition, 408, 429 and 5xx unavailable.
[[noreturn]] void throw_http_error(const Request& request, const Response& response);
const Response& expect_success(const Request& request, const Response& response);

}  // namespace http
