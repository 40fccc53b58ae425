#include "http/url.hpp"

#include <algorithm>
#include <cctype>

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace http {
namespace {

using base::Error;
using base::ErrorKind;

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
  throw Error(ErrorKind::input,
              "address '" + base::printable(base::redact_url(text), 300) + "': " + std::string(why));
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

// What would end the request line or smuggle a header into it, and what no address may hold unencoded.
bool is_forbidden(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte <= 0x20 || byte >= 0x7f || c == '\\' || c == '"' || c == '<' || c == '>';
}

bool is_valid_host(std::string_view host) {
  return !host.empty() && host.size() <= 255 &&
         std::all_of(host.begin(), host.end(), [](char c) { return (is_unreserved(c) && c != '~'); });
}

bool is_valid_ipv6(std::string_view host) {
  return host.find(':') != std::string_view::npos && std::all_of(host.begin(), host.end(), [](char c) {
           return std::isxdigit(static_cast<unsigned char>(c)) != 0 || c == ':' || c == '.';
         });
}

std::string valid_port(std::string_view port, std::string_view whole) {
  const auto number = base::parse_integer(port);
  if (!number || *number < 1 || *number > 65535) refuse(whole, "the port is not a number from 1 to 65535");
  return std::to_string(*number);
}

void parse_host_and_port(std::string_view authority, std::string_view whole, Url& url) {
  std::string_view port;
  if (authority.substr(0, 1) == "[") {
    const auto end = authority.find(']');
    if (end == std::string_view::npos) refuse(whole, "'[' without ']'");
    url.host = base::to_lower(authority.substr(1, end - 1));
    if (!is_valid_ipv6(url.host)) refuse(whole, "not an IPv6 address between the brackets");
    port = authority.substr(end + 1);
    if (!port.empty() && port.front() != ':') refuse(whole, "unexpected text after ']'");
  } else {
    const auto colon = authority.find(':');
    url.host = base::to_lower(authority.substr(0, colon));
    if (!is_valid_host(url.host)) refuse(whole, "the host name is missing or malformed");
    if (colon != std::string_view::npos) port = authority.substr(colon);
  }
  const std::string standard = url.scheme == "https" ? "443" : "80";
  url.port = port.size() <= 1 ? standard : valid_port(port.substr(1), whole);
}

// RFC 3986 §5.2.4.
std::string without_dot_segments(std::string_view path) {
  std::vector<std::string> kept;
  const auto segments = base::split(path, '/');
  for (std::size_t i = 1; i < segments.size(); ++i) {
    const bool last = i + 1 == segments.size();
    if (segments[i] == "..") {
      if (!kept.empty()) kept.pop_back();
      if (last) kept.emplace_back();
    } else if (segments[i] == ".") {
      if (last) kept.emplace_back();
    } else {
      kept.push_back(segments[i]);
    }
  }
  return "/" + base::join(kept, "/");
}

bool has_scheme(std::string_view reference) {
  const auto colon = reference.find(':');
  return colon != std::string_view::npos && colon < reference.find_first_of("/?#");
}

}  // namespace

Url Url::parse(std::string_view text) {
  if (text.size() > 16384) refuse(text.substr(0, 200), "longer than 16384 bytes");
  if (std::any_of(text.begin(), text.end(), is_forbidden))
    refuse(text, "holds a space, a control character or one that must be percent-encoded");
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) refuse(text, "expected http://HOST… or https://HOST…");
  Url url;
  url.scheme = base::to_lower(text.substr(0, colon));
  if (url.scheme != "http" && url.scheme != "https") refuse(text, "the scheme is neither http nor https");
  auto rest = text.substr(colon + 3);
  rest = rest.substr(0, rest.find('#'));
  const auto end = rest.find_first_of("/?");
  auto authority = rest.substr(0, end);
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    url.user_info = authority.substr(0, at);
    authority = authority.substr(at + 1);
  }
  parse_host_and_port(authority, text, url);
  if (end != std::string_view::npos) url.target = rest.substr(end);
  if (url.target.empty() || url.target.front() != '/') url.target.insert(0, "/");
  return url;
}

Url Url::resolve(std::string_view reference) const {
  if (has_scheme(reference)) return parse(reference);
  if (reference.substr(0, 2) == "//") return parse(scheme + ":" + std::string(reference));
  if (std::any_of(reference.begin(), reference.end(), is_forbidden))
    refuse(reference, "holds a space, a control character or one that must be percent-encoded");
  reference = reference.substr(0, reference.find('#'));
  Url result = *this;
  if (reference.empty()) return result;
  const std::string own_path = target.substr(0, target.find('?'));
  const auto question = reference.find('?');
  const std::string path(reference.substr(0, question));
  const std::string query(question == std::string_view::npos ? "" : reference.substr(question));
  if (path.empty()) {
    result.target = own_path + query;
  } else if (path.front() == '/') {
    result.target = without_dot_segments(path) + query;
  } else {
    result.target = without_dot_segments(own_path.substr(0, own_path.rfind('/') + 1) + path) + query;
  }
  return result;
}

std::string Url::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return is_default_port() ? name : name + ":" + port;
}

std::string Url::text() const {
  return scheme + "://" + authority() + target;
}

namespace {

std::string encode(std::string_view text, bool keep_slash) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_unreserved(c) || (keep_slash && c == '/')) {
      result += c;
    } else {
      result += '%';
      result += digits[byte >> 4U];
      result += digits[byte & 15U];
    }
  }
  return result;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string percent_encode(std::string_view text) {
  return encode(text, false);
}

std::string percent_encode_path(std::string_view text) {
  return encode(text, true);
}

std::string percent_decode(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) refuse(text, "'%' without two hexadecimal digits");
    result += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return result;
}

std::string form_encode(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string result;
  for (const auto& [name, value] : fields) {
    if (!result.empty()) result += '&';
    result += percent_encode(name) + "=" + percent_encode(value);
  }
  return result;
}

}  // namespace http
