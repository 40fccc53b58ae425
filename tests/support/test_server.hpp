// An HTTP server on loopback that does what a test tells it, also what a decent server would not: cut an
// answer, reset the connection, answer before the body has come, drip, or say nothing at all.
//
// The responder runs on the connection's own thread, once for each request head; it reads the body itself if
// it wants it. The destructor closes every socket and joins every thread.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cctype>
#include <csignal>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace test {

struct Received {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  // names in lower case
  int connection = 0;                          // number of the connection, from 1
  int number = 0;                              // number of the request over all connections, from 1
};

// The server's end of one connection.
class Peer {
 public:
  Peer(int socket, SSL* tls) : socket_(socket), tls_(tls) {}
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer() {
    if (tls_ != nullptr) ::SSL_free(tls_);
    ::close(socket_);
  }

  // From here on the connection speaks TLS; false when the client does not.
  bool start_tls(SSL_CTX* context) {
    tls_ = ::SSL_new(context);
    ::SSL_set_fd(tls_, socket_);
    return ::SSL_accept(tls_) == 1;
  }

  bool shake_hands() { return tls_ == nullptr || ::SSL_accept(tls_) == 1; }

  // False when the client is gone.
  bool write(const std::string& text) {
    std::size_t sent = 0;
    while (sent < text.size()) {
      const auto size = text.size() - sent;
      const auto count = tls_ != nullptr ? ::SSL_write(tls_, text.data() + sent, static_cast<int>(size))
                                         : ::send(socket_, text.data() + sent, size, MSG_NOSIGNAL);
      if (count <= 0) return false;
      sent += static_cast<std::size_t>(count);
    }
    return true;
  }

  // An answer with a length.
  bool answer(int status, const std::string& body, const std::string& headers = "") {
    return write("HTTP/1.1 " + std::to_string(status) + " Status\r\n" + headers +
                 "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }

  // Up to and including the blank line; empty when the client is gone.
  std::string read_head() {
    while (true) {
      const auto end = buffer_.find("\r\n\r\n");
      if (end != std::string::npos) return take(end + 4);
      if (!receive()) return "";
    }
  }

  // As much of `size` bytes as comes.
  std::string read_body(std::size_t size) {
    while (buffer_.size() < size && receive()) {
    }
    return take(std::min(size, buffer_.size()));
  }

  // Everything until the client closes.
  std::size_t drain() {
    std::size_t count = buffer_.size();
    buffer_.clear();
    while (receive()) {
      count += buffer_.size();
      buffer_.clear();
    }
    return count;
  }

  void end() { ::shutdown(socket_, SHUT_RDWR); }
  // Ends with a TCP reset instead of an orderly close.
  void reset() {
    const linger now{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ended_ = true;
  }
  bool ended() const { return ended_; }
  void close_after_this() { ended_ = true; }

 private:
  bool receive() {
    char bytes[65536];
    const auto count =
        tls_ != nullptr ? ::SSL_read(tls_, bytes, sizeof bytes) : ::recv(socket_, bytes, sizeof bytes, 0);
    if (count <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }

  std::string take(std::size_t size) {
    auto text = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return text;
  }

  int socket_;
  SSL* tls_;
  std::string buffer_;
  bool ended_ = false;
};

inline Received parse_head(const std::string& head) {
  Received received;
  const auto line_end = head.find("\r\n");
  const auto first = head.find(' ');
  const auto second = head.find(' ', first + 1);
  received.method = head.substr(0, first);
  received.target = head.substr(first + 1, second - first - 1);
  for (auto at = line_end + 2; at < head.size() && head.compare(at, 2, "\r\n") != 0;) {
    const auto end = head.find("\r\n", at);
    const auto colon = head.find(':', at);
    std::string name = head.substr(at, colon - at);
    for (auto& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    auto value = colon + 1;
    while (value < end && head[value] == ' ') ++value;
    received.headers[name] = head.substr(value, end - value);
    at = end + 2;
  }
  return received;
}

class TestServer {
 public:
  using Responder = std::function<void(Peer&, const Received&)>;

  // `tls` stays the caller's; without one the server speaks plain http.
  explicit TestServer(Responder responder, SSL_CTX* tls = nullptr)
      : responder_(std::move(responder)), tls_(tls) {
    std::signal(SIGPIPE, SIG_IGN);
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, sizeof address) != 0 || ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, generic, &length) != 0)
      throw std::runtime_error("the test server cannot listen");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  ~TestServer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    ::close(listener_);
    {
      const std::lock_guard lock(mutex_);
      for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    }
    for (auto& thread : threads_) thread.join();
  }

  int port() const { return port_; }
  std::string authority() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string url(const std::string& target = "/") const {
    return (tls_ != nullptr ? "https://" : "http://") + authority() + target;
  }
  int connections() const { return connections_; }
  int requests() const { return requests_; }
  std::vector<Received> log() const {
    const std::lock_guard lock(mutex_);
    return log_;
  }

 private:
  void accept_all() {
    while (true) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      const std::lock_guard lock(mutex_);
      sockets_.insert(socket);
      threads_.emplace_back([this, socket, number = ++connections_] { serve(socket, number); });
    }
  }

  void serve(int socket, int number) {
    SSL* session = nullptr;
    if (tls_ != nullptr) {
      session = ::SSL_new(tls_);
      ::SSL_set_fd(session, socket);
    }
    auto peer = std::make_unique<Peer>(socket, session);
    talk(*peer, number);
    const std::lock_guard lock(mutex_);
    sockets_.erase(socket);
    peer.reset();
  }

  void talk(Peer& peer, int number) {
    if (!peer.shake_hands()) return;
    while (!peer.ended()) {
      const auto head = peer.read_head();
      if (head.empty()) return;
      auto received = parse_head(head);
      received.connection = number;
      received.number = ++requests_;
      {
        const std::lock_guard lock(mutex_);
        log_.push_back(received);
      }
      responder_(peer, received);
    }
  }

  Responder responder_;
  SSL_CTX* tls_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> connections_{0};
  std::atomic<int> requests_{0};
  mutable std::mutex mutex_;
  std::vector<Received> log_;
  std::set<int> sockets_;  // open ones
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace test
