#include "http/proxy.hpp"

#include <arpa/inet.h>

#include <array>
#include <cstdlib>

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace http {
namespace {

std::string environment(const char* lower, const char* upper) {
  for (const char* name : {lower, upper}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return "";
}

// An address as bytes: 4, 16, or none when the text is a name.
std::string address_bytes(std::string_view text) {
  std::array<char, 16> bytes{};
  const std::string copy(text);
  if (::inet_pton(AF_INET, copy.c_str(), bytes.data()) == 1) return std::string(bytes.data(), 4);
  if (::inet_pton(AF_INET6, copy.c_str(), bytes.data()) == 1) return std::string(bytes.data(), 16);
  return "";
}

bool in_block(std::string_view block, const std::string& address) {
  const auto slash = block.find('/');
  const auto network = address_bytes(block.substr(0, slash));
  const auto bits = base::parse_integer(block.substr(slash + 1));
  if (network.empty() || network.size() != address.size() || !bits) return false;
  if (*bits < 0 || *bits > static_cast<long long>(network.size()) * 8) return false;
  for (std::size_t bit = 0; bit < static_cast<std::size_t>(*bits); ++bit) {
    const unsigned mask = 0x80U >> (bit % 8);
    const auto difference = static_cast<unsigned char>(network[bit / 8] ^ address[bit / 8]);
    if ((difference & mask) != 0) return false;
  }
  return true;
}

bool matches_domain(std::string_view pattern, std::string_view host) {
  if (pattern.substr(0, 2) == "*.") pattern.remove_prefix(1);
  if (pattern.substr(0, 1) == ".") pattern.remove_prefix(1);
  if (pattern.empty() || host.size() < pattern.size()) return false;
  if (host.substr(host.size() - pattern.size()) != pattern) return false;
  return host.size() == pattern.size() || host[host.size() - pattern.size() - 1] == '.';
}

bool matches(std::string_view entry, std::string_view host, std::string_view port) {
  if (entry == "*") return true;
  const auto address = address_bytes(host);
  if (entry.find('/') != std::string_view::npos) return !address.empty() && in_block(entry, address);
  const auto colon = entry.rfind(':');
  const bool has_port =
      colon != std::string_view::npos && (entry.find(':') == colon || (colon > 0 && entry[colon - 1] == ']'));
  if (has_port && entry.substr(colon + 1) != port) return false;
  if (has_port) entry = entry.substr(0, colon);
  if (entry.size() > 2 && entry.front() == '[' && entry.back() == ']')
    entry = entry.substr(1, entry.size() - 2);
  if (!address.empty()) return address_bytes(entry) == address;
  return matches_domain(entry, host);
}

}  // namespace

bool is_loopback(std::string_view host) {
  if (matches_domain("localhost", host)) return true;
  const auto address = address_bytes(host);
  if (address.size() == 4) return address[0] == 127;
  return address.size() == 16 && address == address_bytes("::1");
}

bool bypasses_proxy(std::string_view no_proxy, std::string_view host, std::string_view port) {
  for (const auto& piece : base::split(no_proxy, ',')) {
    const auto entry = base::to_lower(base::trim(piece));
    if (!entry.empty() && matches(entry, host, port)) return true;
  }
  return false;
}

std::optional<Url> proxy_for(const Url& url) {
  const bool secure = url.scheme == "https";
  const auto proxy =
      secure ? environment("https_proxy", "HTTPS_PROXY") : environment("http_proxy", "HTTP_PROXY");
  if (proxy.empty() || is_loopback(url.host)) return std::nullopt;
  if (bypasses_proxy(environment("no_proxy", "NO_PROXY"), url.host, url.port)) return std::nullopt;
  const auto parsed = Url::parse(proxy.find("://") == std::string::npos ? "http://" + proxy : proxy);
  if (parsed.scheme != "http")
    throw base::Error(base::ErrorKind::usage,
                      std::string(secure ? "HTTPS_PROXY" : "HTTP_PROXY") + " is " + base::redact_url(proxy) +
                          ": only proxies that are spoken to by http:// are supported");
  return parsed;
}

}  // namespace http
