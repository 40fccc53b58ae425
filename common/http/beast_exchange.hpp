// One request and its answer on a connection that is open. For the beast_* files only.
#pragma once

#include <boost/beast/http.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/beast_connection.hpp"
#include "http/message.hpp"
#include "http/transport.hpp"

namespace http {

class Exchange {
 public:
  Exchange(Connection& connection, const Request& request, const Limits& limits, Clocks clocks);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange();

  // Sends `head` and the request's body, and receives the head of the answer.
  error_code send(const std::string& head);
  // Receives the rest. Errors of the connection are thrown from here on.
  Response receive();

  bool received_nothing() const { return !parser_ || !parser_->got_some(); }
  bool can_be_reused() const;

 private:
  void start_reading_head();
  bool has_answer();
  error_code send_body();
  error_code send_source(const BodySource& source);
  error_code send_piece(asio::const_buffer part);
  void await_last_words();
  error_code finish_head();
  void read_body(std::uint64_t most, const std::function<void(std::string_view)>& take);
  std::size_t read_piece();

  Connection& connection_;
  const Request& request_;
  const Limits& limits_;
  Clocks clocks_;
  std::vector<char> outgoing_;
  std::vector<char> incoming_;
  std::optional<boost::beast::http::response_parser<boost::beast::http::buffer_body>> parser_;
  Outcome write_;
  Outcome read_;
  bool reading_ = false;
  bool sent_all_ = false;
};

}  // namespace http
