// The transport over Boost.Beast: connecting, TLS, proxies, and one idle connection kept per origin.
#include <boost/beast/http.hpp>
#include <map>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "http/beast_connection.hpp"
#include "http/beast_exchange.hpp"
#include "http/errors.hpp"
#include "http/proxy.hpp"
#include "http/request_text.hpp"
#include "http/resolve.hpp"
#include "http/tls.hpp"
#include "http/transport.hpp"

namespace http {
namespace {

namespace wire = boost::beast::http;
using base::Error;
using base::ErrorKind;

// A server may close an idle connection at any time; a request that must not be sent twice does not take one
// that waited longer than this.
constexpr std::chrono::seconds freshness{2};

// What is to be done for one call of send().
struct Task {
  const Request& request;
  const Limits& limits;
  std::optional<Url> proxy;
  Clocks clocks;

  // Connections are shared by requests of one origin through one proxy.
  std::string route() const {
    const auto& url = request.url;
    return url.scheme + "://" + url.host + ":" + url.port + (proxy ? " by " + proxy->authority() : "");
  }
  // For a stage of connecting.
  Clocks connecting() const {
    return Clocks{std::min(clocks.end, Clock::now() + limits.connect), limits.connect};
  }
};

// Connects to the first address that answers.
void open_socket(Connection& connection, const Task& task) {
  const auto& target = task.proxy ? *task.proxy : task.request.url;
  const auto port = static_cast<unsigned short>(base::parse_integer(target.port).value_or(0));
  std::string failures;
  for (const auto& address : resolve_host(target.host, task.limits.idle)) {
    error_code error;
    const auto parsed = asio::ip::make_address(address, error);
    if (error) continue;
    Outcome outcome;
    auto clocks = task.connecting();
    connection.socket().async_connect(tcp::endpoint(parsed, port), finish(outcome, clocks));
    const bool in_time = connection.wait_within(clocks, [&] { return outcome.done; });
    if (in_time && !outcome.error) {
      connection.socket().set_option(tcp::no_delay(true), error);
      return;
    }
    connection.abandon();
    failures +=
        (failures.empty() ? "" : "; ") + address + " port " + target.port + ": " +
        (in_time ? outcome.error.message() : "no answer within " + duration_text(task.limits.connect));
  }
  throw Error(ErrorKind::unavailable, "connecting to " + failures);
}

// Asks the proxy for a tunnel (RFC 9110 §9.3.6).
void open_tunnel(Connection& connection, const Task& task) {
  const auto text = tunnel_text(task.request.url, *task.proxy);
  auto clocks = task.connecting();
  Outcome outcome;
  start_write(connection, asio::buffer(text), outcome, clocks);
  if (const auto error = connection.wait(clocks, outcome)) throw to_error(error);
  wire::response_parser<wire::empty_body> parser;
  parser.skip(true);
  outcome = Outcome();
  wire::async_read_header(connection.socket(), connection.buffer, parser, finish(outcome, clocks));
  if (const auto error = connection.wait(clocks, outcome)) throw to_error(error);
  const int status = static_cast<int>(parser.get().result_int());
  if (status >= 200 && status < 300) return;
  throw Error(status >= 500 ? ErrorKind::unavailable : ErrorKind::precondition,
              "the proxy " + task.proxy->authority() + " answered " + status_text(status) + " to CONNECT");
}

void shake_hands(Connection& connection, const Task& task, asio::ssl::context& context) {
  auto& stream = connection.start_tls(context);
  expect_server(stream.native_handle(), task.request.url.host);
  Outcome outcome;
  auto clocks = task.connecting();
  stream.async_handshake(asio::ssl::stream_base::client, finish(outcome, clocks));
  const auto error = connection.wait(clocks, outcome);
  if (!error) return;
  const auto problem = certificate_problem(stream.native_handle());
  if (!problem.empty())
    throw Error(ErrorKind::precondition, "the server's certificate is not trusted: " + problem +
                                             "; name the authority that issued it (SSL_CERT_FILE)");
  if (error.category() == asio::error::get_ssl_category())
    throw Error(ErrorKind::precondition, "TLS handshake: " + error.message());
  throw to_error(error);
}

enum class Age { fresh, reused };

class BeastTransport : public Transport {
 public:
  explicit BeastTransport(TlsSettings tls) : tls_(std::move(tls)) {}

  Response send(const Request& request, const Limits& limits) override {
    return base::in_context(describe(request), [&] {
      base::check_interrupt();
      const Task task{request, limits, proxy_for(request.url), {Clock::now() + limits.total, limits.idle}};
      if (auto idle = take_idle(task))
        if (auto response = exchange(std::move(idle), task, Age::reused)) return std::move(*response);
      return exchange(connect(task), task, Age::fresh).value();
    });
  }

 private:
  using ConnectionPointer = std::unique_ptr<Connection>;

  ConnectionPointer take_idle(const Task& task) {
    const auto found = idle_.find(task.route());
    if (found == idle_.end()) return nullptr;
    auto connection = std::move(found->second);
    idle_.erase(found);
    if (!connection->is_alive()) return nullptr;
    const bool is_fresh = Clock::now() - connection->idle_since < freshness;
    return is_fresh || is_repeatable(task.request) ? std::move(connection) : nullptr;
  }

  ConnectionPointer connect(const Task& task) {
    auto connection = std::make_unique<Connection>(io_);
    open_socket(*connection, task);
    if (task.request.url.scheme == "http") return connection;
    if (task.proxy) open_tunnel(*connection, task);
    shake_hands(*connection, task, tls_context());
    return connection;
  }

  // Missing when a reused connection turned out to be closed and the request may be sent again.
  std::optional<Response> exchange(ConnectionPointer connection, const Task& task, Age age) {
    std::optional<Response> response;
    bool keep = false;
    {
      Exchange run(*connection, task.request, task.limits, task.clocks);
      if (const auto error = run.send(request_text(task.request, task.proxy))) {
        const bool again = age == Age::reused && run.received_nothing() && is_repeatable(task.request);
        if (again && is_closed(error)) return std::nullopt;
        throw to_error(error);
      }
      response = run.receive();
      keep = run.can_be_reused();
    }
    if (keep) {
      connection->idle_since = Clock::now();
      idle_[task.route()] = std::move(connection);
    }
    return response;
  }

  // Made when first needed: loading the system's certificates takes a while.
  asio::ssl::context& tls_context() {
    if (!context_) context_.emplace(make_tls_context(tls_));
    return *context_;
  }

  TlsSettings tls_;
  asio::io_context io_;  // outlives the connections
  std::optional<asio::ssl::context> context_;
  std::map<std::string, ConnectionPointer> idle_;
};

}  // namespace

std::unique_ptr<Transport> make_transport(TlsSettings tls) {
  return std::make_unique<BeastTransport>(std::move(tls));
}

}  // namespace http
