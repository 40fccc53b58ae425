#include "http/beast_connection.hpp"

#include <sys/socket.h>

#include <boost/beast/http/error.hpp>
#include <cerrno>

#include "base/interrupt.hpp"

namespace http {
namespace {

namespace wire = boost::beast::http;
using base::Error;
using base::ErrorKind;

constexpr std::chrono::milliseconds slice{100};

}  // namespace

std::string duration_text(std::chrono::milliseconds value) {
  return value.count() % 1000 == 0 ? std::to_string(value.count() / 1000) + " s"
                                   : std::to_string(value.count()) + " ms";
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

bool Connection::is_interrupted() {
  const auto deadline = base::deadline();
  return base::cancellation_requested() || (deadline && Clock::now() >= *deadline);
}

void Connection::throw_timeout(const Clocks& clocks) {
  if (Clock::now() >= clocks.end) throw Error(ErrorKind::unavailable, "took longer than its time limit");
  throw Error(ErrorKind::unavailable, "no data for " + duration_text(clocks.idle));
}

void Connection::run_slice() {
  io_.restart();
  io_.run_one_for(slice);
}

void Connection::give_up() {
  abandon();
  base::check_interrupt();
}

error_code Connection::wait(const Clocks& clocks, const Outcome& outcome) {
  wait(clocks, [&] { return outcome.done; });
  return outcome.error;
}

void Connection::abandon() {
  error_code ignored;
  socket_.close(ignored);
  io_.restart();
  io_.run();
}

// With TLS, bytes that wait on an idle connection may be session tickets; without, nothing should be there.
bool Connection::is_alive() {
  char byte = 0;
  const auto count = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (count < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
  return count > 0 && is_tls();
}

}  // namespace http
