#include "http/beast_exchange.hpp"

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/text.hpp"

namespace http {
namespace {

namespace wire = boost::beast::http;
using base::Error;
using base::ErrorKind;

constexpr std::size_t most_error_body = std::size_t{1} << 20U;

[[noreturn]] void throw_too_large(std::uint64_t most) {
  throw Error(ErrorKind::input,
              "the answer is larger than " + base::human_bytes(most) + ", which is the limit");
}

}  // namespace

Exchange::Exchange(Connection& connection, const Request& request, const Limits& limits, Clocks clocks)
    : connection_(connection), request_(request), limits_(limits), clocks_(clocks) {
  clocks_.progress();
  write_.done = true;
}

Exchange::~Exchange() {
  // The buffers of what is still on its way end here.
  if (reading_ || !write_.done) connection_.abandon();
}

error_code Exchange::send(const std::string& head) {
  start_write(connection_, asio::buffer(head), write_, clocks_);
  if (const auto error = connection_.wait(clocks_, write_)) return error;
  start_reading_head();
  const auto error = send_body();
  if (error && !read_.done) await_last_words();
  if (error && (!read_.done || read_.error)) return error;
  return finish_head();
}

Response Exchange::receive() {
  Response response;
  response.status = static_cast<int>(parser_->get().result_int());
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

bool Exchange::can_be_reused() const {
  return sent_all_ && write_.done && !reading_ && parser_ && parser_->is_done() && parser_->keep_alive();
}

void Exchange::start_reading_head() {
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
bool Exchange::has_answer() {
  if (!read_.done) return false;
  if (read_.error || parser_->get().result_int() >= 200) return true;
  start_reading_head();
  return false;
}

// Sends the body; stops when the server answers before it has all of it.
error_code Exchange::send_body() {
  error_code error;
  if (const auto* text = std::get_if<std::string>(&request_.body)) error = send_piece(asio::buffer(*text));
  if (const auto* source = std::get_if<BodySource>(&request_.body)) return send_source(*source);
  sent_all_ = write_.done && !error;
  return error;
}

error_code Exchange::send_source(const BodySource& source) {
  const auto read = source.open();
  outgoing_.resize(piece_size);
  std::uint64_t left = source.size;
  while (left > 0) {
    const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(left, outgoing_.size()));
    const auto count = read(outgoing_.data(), room);
    if (count == 0 || count > room)
      throw Error(ErrorKind::internal, "the source of the request's body gave another size than it said");
    left -= count;
    if (const auto error = send_piece(asio::buffer(outgoing_.data(), count))) return error;
    if (has_answer()) break;
  }
  sent_all_ = left == 0 && write_.done;
  return {};
}

error_code Exchange::send_piece(asio::const_buffer part) {
  start_write(connection_, part, write_, clocks_);
  connection_.wait(clocks_, [this] { return write_.done || has_answer(); });
  return write_.done ? write_.error : error_code();
}

// A server that refuses a body may answer and close: sending fails, but the answer is worth having.
void Exchange::await_last_words() {
  const auto end = Clock::now() + std::chrono::seconds(2);
  connection_.wait(clocks_, [&] { return has_answer() || Clock::now() >= end; });
}

error_code Exchange::finish_head() {
  connection_.wait(clocks_, [this] { return has_answer(); });
  return read_.error;
}

void Exchange::read_body(std::uint64_t most, const std::function<void(std::string_view)>& take) {
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

std::size_t Exchange::read_piece() {
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

}  // namespace http
