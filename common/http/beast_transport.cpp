// The only file that knows Boost.Beast and Asio.
//
// Blocking calls of Beast ignore timeouts, so each operation is started asynchronously on the transport's own
// io_context, which is then run in short slices until the operation has ended. Between the slices the idle
// and the total limit, SIGTERM and --timeout are looked at; when one has passed the socket is closed, which
// ends every pending operation, and only then is the error thrown: no handler outlives its buffers.
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <map>
#include <vector>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/text.hpp"
#include "http/errors.hpp"
#include "http/proxy.hpp"
#include "http/request_text.hpp"
#include "http/resolve.hpp"
#include "http/tls.hpp"
#include "http/transport.hpp"

namespace http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
using asio::ip::tcp;
using base::Error;
using base::ErrorKind;
using boost::system::error_code;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds slice{100};
constexpr std::size_t piece_size = std::size_t{256} << 10U;
constexpr std::size_t most_error_body = std::size_t{1} << 20U;
// A server may close an idle connection at any time; a request that must not be sent twice does not take one
// that waited longer than this.
constexpr std::chrono::seconds freshness{2};

// What an asynchronous operation left behind.
struct Outcome {
  bool done = false;
  error_code error;
};

// The two limits of an exchange while it runs.
struct Clocks {
  Clock::time_point end;
  milliseconds idle;
  Clock::time_point last_progress = Clock::now();

  void progress() { last_progress = Clock::now(); }
  bool passed() const { return Clock::now() >= std::min(end, last_progress + idle); }
};

std::string duration_text(milliseconds value) {
  return value.count() % 1000 == 0 ? std::to_string(value.count() / 1000) + " s"
                                   : std::to_string(value.count()) + " ms";
}

bool is_interrupted() {
  const auto deadline = base::deadline();
  return base::cancellation_requested() || (deadline && Clock::now() >= *deadline);
}

[[noreturn]] void throw_timeout(const Clocks& clocks) {
  if (Clock::now() >= clocks.end) throw Error(ErrorKind::unavailable, "took longer than its time limit");
  throw Error(ErrorKind::unavailable, "no data for " + duration_text(clocks.idle));
}

class Connection {
 public:
  explicit Connection(asio::io_context& io) : io_(io), socket_(io) {}

  tcp::socket& socket() { return socket_; }
  bool is_tls() const { return tls_.has_value(); }
  asio::ssl::stream<tcp::socket&>& start_tls(asio::ssl::context& context) {
    return tls_.emplace(socket_, context);
  }

  // Calls `use` with the stream to read from and write to.
  template <class Use>
  void with_stream(Use use) {
    if (tls_) {
      use(*tls_);
    } else {
      use(socket_);
    }
  }

  // Runs the io_context until `done` says so; false when a limit passed before.
  template <class Done>
  bool wait_within(const Clocks& clocks, Done done) {
    bool in_time = Clock::now() < clocks.end;
    while (in_time && !is_interrupted()) {
      if (done()) return true;
      io_.restart();
      io_.run_one_for(slice);
      in_time = done() || !clocks.passed();
    }
    abandon();
    base::check_interrupt();
    return false;
  }

  template <class Done>
  void wait(const Clocks& clocks, Done done) {
    if (!wait_within(clocks, done)) throw_timeout(clocks);
  }

  error_code wait(const Clocks& clocks, const Outcome& outcome) {
    wait(clocks, [&] { return outcome.done; });
    return outcome.error;
  }

  // Ends every pending operation and lets its handler run.
  void abandon() {
    error_code ignored;
    socket_.close(ignored);
    io_.restart();
    io_.run();
  }

  // Whether the server has not yet closed an idle connection. With TLS, waiting bytes may be session tickets.
  bool is_alive() {
    char byte = 0;
    const auto count = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (count < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
    return count > 0 && is_tls();
  }

  beast::flat_buffer buffer;  // what was received and not yet parsed
  Clock::time_point idle_since = Clock::now();

 private:
  asio::io_context& io_;
  tcp::socket socket_;
  std::optional<asio::ssl::stream<tcp::socket&>> tls_;
};

// The handler of a read_some or write: notes the end and the progress.
auto finish(Outcome& outcome, Clocks& clocks) {
  return [&outcome, &clocks](error_code error, std::size_t = 0) {
    outcome.done = true;
    outcome.error = error;
    clocks.progress();
  };
}

template <class Buffers>
void start_write(Connection& connection, const Buffers& buffers, Outcome& outcome, Clocks& clocks) {
  outcome = Outcome();
  clocks.progress();
  const auto each_part = [&clocks](error_code error, std::size_t) -> std::size_t {
    clocks.progress();
    return error ? 0 : piece_size;
  };
  connection.with_stream(
      [&](auto& stream) { asio::async_write(stream, buffers, each_part, finish(outcome, clocks)); });
}

bool is_closed(error_code error) {
  return error == wire::error::end_of_stream || error == asio::error::eof ||
         error == asio::error::connection_reset || error == asio::error::broken_pipe ||
         error == asio::ssl::error::stream_truncated;
}

Error to_error(error_code error) {
  if (error == wire::error::partial_message || error == asio::ssl::error::stream_truncated)
    return {ErrorKind::unavailable, "the answer was cut off"};
  if (is_closed(error)) return {ErrorKind::unavailable, "the server closed the connection"};
  if (error.category() == asio::error::get_ssl_category())
    return {ErrorKind::precondition, "TLS: " + error.message()};
  if (error.category() == make_error_code(wire::error::end_of_stream).category())
    return {ErrorKind::input, "malformed answer: " + error.message()};
  return {ErrorKind::unavailable, error.message()};
}

// One request and its answer on a connection that is open.
class Exchange {
 public:
  Exchange(Connection& connection, const Request& request, const Limits& limits, Clocks clocks)
      : connection_(connection), request_(request), limits_(limits), clocks_(clocks) {
    clocks_.progress();
    write_.done = true;
  }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange() {
    // The buffers of what is still on its way end here.
    if (reading_ || !write_.done) connection_.abandon();
  }

  // Sends the request and receives the head of the answer.
  error_code send(const std::string& head) {
    start_write(connection_, asio::buffer(head), write_, clocks_);
    if (const auto error = connection_.wait(clocks_, write_)) return error;
    start_reading_head();
    const auto error = send_body();
    if (error && !read_.done) await_last_words();
    if (error && (!read_.done || read_.error)) return error;
    return finish_head();
  }

  Response receive() {
    Response response;
    response.status = parser_->get().result_int();
    for (const auto& field : parser_->get())
      response.headers.add(field.name_string(), std::string(field.value()));
    if (response.ok() && request_.sink) {
      request_.sink->restart();
      read_body(limits_.max_body, request_.sink->write);
    } else {
      const auto most = response.ok() ? limits_.max_body : most_error_body;
      read_body(most, [&](std::string_view part) { response.body.append(part); });
    }
    return response;
  }

  bool received_nothing() const { return !parser_ || !parser_->got_some(); }
  bool can_be_reused() const {
    return sent_all_ && write_.done && !reading_ && parser_ && parser_->is_done() && parser_->keep_alive();
  }

 private:
  void start_reading_head() {
    parser_.emplace();
    parser_->header_limit(std::uint32_t{256} << 10U);
    // Counted here instead: Beast's limit would also refuse the error page of a small request.
    parser_->body_limit(boost::none);
    if (request_.method == "HEAD") parser_->skip(true);
    read_ = Outcome();
    reading_ = true;
    connection_.with_stream([&](auto& stream) {
      wire::async_read_header(stream, connection_.buffer, *parser_, [this](error_code error, std::size_t) {
        reading_ = false;
        finish(read_, clocks_)(error);
      });
    });
  }

  // True when a final answer (or a failure to receive one) is there; an interim one (1xx) is read over.
  bool has_answer() {
    if (!read_.done) return false;
    if (read_.error || parser_->get().result_int() >= 200) return true;
    start_reading_head();
    return false;
  }

  // Sends the body; stops when the server answers before it has all of it.
  error_code send_body() {
    if (const auto* text = std::get_if<std::string>(&request_.body))
      return send_piece(asio::buffer(*text), true);
    const auto* source = std::get_if<BodySource>(&request_.body);
    sent_all_ = source == nullptr;
    if (sent_all_) return {};
    const auto read = source->open();
    outgoing_.resize(piece_size);
    for (std::uint64_t left = source->size; left > 0;) {
      const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(left, outgoing_.size()));
      const auto count = read(outgoing_.data(), room);
      if (count == 0 || count > room)
        throw Error(ErrorKind::internal, "the source of the request's body gave another size than it said");
      left -= count;
      if (const auto error = send_piece(asio::buffer(outgoing_.data(), count), left == 0)) return error;
      if (has_answer()) return {};
    }
    return {};
  }

  error_code send_piece(asio::const_buffer part, bool is_last) {
    start_write(connection_, part, write_, clocks_);
    connection_.wait(clocks_, [this] { return write_.done || has_answer(); });
    sent_all_ = is_last && write_.done && !write_.error;
    return write_.done ? write_.error : error_code();
  }

  // A server that refuses a body may answer and close: sending fails, but the answer is worth having.
  void await_last_words() {
    const auto end = Clock::now() + std::chrono::seconds(2);
    connection_.wait(clocks_, [&] { return has_answer() || Clock::now() >= end; });
  }

  error_code finish_head() {
    connection_.wait(clocks_, [this] { return has_answer(); });
    return read_.error;
  }

  template <class Take>
  void read_body(std::uint64_t most, const Take& take) {
    const auto length = parser_->content_length();
    const bool is_success = parser_->get().result_int() < 300;
    if (is_success && length && *length > most && !parser_->is_done()) throw_too_large(most);
    std::uint64_t received = 0;
    incoming_.resize(piece_size);
    while (!parser_->is_done()) {
      const auto count = read_piece();
      received += count;
      if (received > most && is_success) throw_too_large(most);
      if (received > most) return;
      if (count > 0) take(std::string_view(incoming_.data(), count));
      base::check_interrupt();
    }
  }

  std::size_t read_piece() {
    auto& body = parser_->get().body();
    body.data = incoming_.data();
    body.size = incoming_.size();
    body.more = true;
    Outcome outcome;
    clocks_.progress();
    connection_.with_stream([&](auto& stream) {
      wire::async_read_some(stream, connection_.buffer, *parser_, finish(outcome, clocks_));
    });
    const auto error = connection_.wait(clocks_, outcome);
    if (error && error != wire::error::need_buffer) throw to_error(error);
    return incoming_.size() - body.size;
  }

  [[noreturn]] static void throw_too_large(std::uint64_t most) {
    throw Error(ErrorKind::input,
                "the answer is larger than " + base::human_bytes(most) + ", which is the limit");
  }

  Connection& connection_;
  const Request& request_;
  const Limits& limits_;
  Clocks clocks_;
  std::vector<char> outgoing_;
  std::vector<char> incoming_;
  std::optional<wire::response_parser<wire::buffer_body>> parser_;
  Outcome write_;
  Outcome read_;
  bool reading_ = false;
  bool sent_all_ = false;
};

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
  const int status = parser.get().result_int();
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
