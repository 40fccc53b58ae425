// Url: an absolute http or https address (RFC 3986), split into its parts.
//
// Errors: Error{input}.   Threads: values.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http {

struct Url {
  std::string scheme;  // "http" or "https"
  std::string host;    // lower case; an IPv6 address without its brackets
  std::string port;    // always set
  std::string target;  // path and query, starting with "/"; no fragment
  std::string user_info;

  static Url parse(std::string_view text);
  // `reference` as a Location header gives it, absolute or relative, resolved against this one.
  Url resolve(std::string_view reference) const;
  bool is_default_port() const { return port == (scheme == "https" ? "443" : "80"); }
  // The Host header: host, and the port when it is not the default. IPv6 in brackets.
  std::string authority() const;
  // The whole address without user information.
  std::string text() const;
  bool same_origin(const Url& other) const {
    return scheme == other.scheme && host == other.host && port == other.port;
  }
};

std::string percent_encode(std::string_view text);       // everything but unreserved characters
std::string percent_encode_path(std::string_view text);  // as above, but "/" stays
std::string percent_decode(std::string_view text);
// "a=1&b=2", encoded.
std::string form_encode(const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace http
