// Request and Response: plain values, with bodies that may be streamed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "http/url.hpp"

namespace http {

// Header fields; names compare without case.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}

  void set(std::string_view name, std::string value);
  void add(std::string_view name, std::string value);
  void remove(std::string_view name);
  std::optional<std::string> get(std::string_view name) const;
  std::vector<std::string> all(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// Bytes to send that are made while they are sent. `open` starts from the beginning, also for a second try;
// the reader fills the buffer and returns the count, 0 at the end after exactly `size` bytes.
struct BodySource {
  std::uint64_t size = 0;
  std::function<std::function<std::size_t(char*, std::size_t)>()> open;
};
// `size` bytes of the file from `offset`.
BodySource file_body(const std::filesystem::path& path, std::uint64_t offset, std::uint64_t size);

// Receives the body of a successful (2xx) response as it comes. `restart` is called first, and again before a
// second try.
struct BodySink {
  std::function<void()> restart;
  std::function<void(std::string_view)> write;
};

struct Request {
  std::string method = "GET";
  Url url;
  Headers headers;
  std::variant<std::monostate, std::string, BodySource> body;
  std::optional<BodySink> sink;  // without one, the body is Response::body
  // Whether sending it twice has the effect of once. Missing: GET, HEAD, PUT and DELETE have it, POST and
  // PATCH have not.
  std::optional<bool> idempotent;
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;  // empty when a sink took it
  int tries = 1;     // how often the request was sent

  bool ok() const { return status >= 200 && status < 300; }
};

}  // namespace http
