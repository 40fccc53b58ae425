// A connection and how its operations are waited for. For the beast_* files only: they alone know Boost.Beast
// and Asio.
//
// Blocking calls of Beast ignore timeouts, so each operation is started asynchronously on the transport's own
// io_context, which is then run in short slices until the operation has ended. Between the slices the idle
// and the total limit, SIGTERM and --timeout are looked at; when one has passed the socket is closed, which
// ends every pending operation, and only then is the error thrown: no handler outlives its buffers.
#pragma once

#include <algorithm>
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <optional>
#include <string>

#include "base/error.hpp"

namespace http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

inline constexpr std::size_t piece_size = std::size_t{256} << 10U;

// What an asynchronous operation left behind.
struct Outcome {
  bool done = false;
  error_code error;
};

// The two limits of an exchange while it runs.
struct Clocks {
  Clock::time_point end;
  std::chrono::milliseconds idle;
  Clock::time_point last_progress = Clock::now();

  void progress() { last_progress = Clock::now(); }
  bool passed() const { return Clock::now() >= std::min(end, last_progress + idle); }
};

// "30 s", "400 ms"
std::string duration_text(std::chrono::milliseconds value);
// Whether the other side has ended the connection, in any way.
bool is_closed(error_code error);
base::Error to_error(error_code error);

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

  // Runs the io_context until `done` says so; false when a limit passed before. Error{cancelled} and
  // Error{deadline} when the step is to end.
  template <class Done>
  bool wait_within(const Clocks& clocks, Done done) {
    bool in_time = Clock::now() < clocks.end;
    while (in_time && !is_interrupted()) {
      if (done()) return true;
      run_slice();
      in_time = done() || !clocks.passed();
    }
    give_up();
    return false;
  }

  template <class Done>
  void wait(const Clocks& clocks, Done done) {
    if (!wait_within(clocks, done)) throw_timeout(clocks);
  }

  error_code wait(const Clocks& clocks, const Outcome& outcome);

  // Ends every pending operation and lets its handler run.
  void abandon();
  // Whether the server has not yet closed an idle connection.
  bool is_alive();

  boost::beast::flat_buffer buffer;  // what was received and not yet parsed
  Clock::time_point idle_since = Clock::now();

 private:
  static bool is_interrupted();
  [[noreturn]] static void throw_timeout(const Clocks& clocks);
  void run_slice();
  void give_up();

  asio::io_context& io_;
  tcp::socket socket_;
  std::optional<asio::ssl::stream<tcp::socket&>> tls_;
};

// The handler of a read_some or write: notes the end and the progress.
inline auto finish(Outcome& outcome, Clocks& clocks) {
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

}  // namespace http
