#include "oci/private_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/error.hpp"
#include "base/log.hpp"

namespace oci {
namespace {

struct Block {
  std::uint32_t network;
  unsigned bits;
};

bool is_private_v4(std::uint32_t address) {
  constexpr std::array<Block, 9> blocks = {{{0x00000000, 8},
                                            {0x0a000000, 8},
                                            {0x64400000, 10},
                                            {0x7f000000, 8},
                                            {0xa9fe0000, 16},
                                            {0xac100000, 12},
                                            {0xc0a80000, 16},
                                            {0xc6120000, 15},
                                            {0xe0000000, 3}}};
  return std::any_of(blocks.begin(), blocks.end(), [&](const Block& block) {
    return (address >> (32 - block.bits)) == (block.network >> (32 - block.bits));
  });
}

bool is_private_v6(const in6_addr& address) {
  const auto* bytes = address.s6_addr;
  const auto is_zero = [](std::uint8_t byte) { return byte == 0; };
  if (std::all_of(bytes, bytes + 10, is_zero)) return true;      // ::, ::1 and IPv4 in IPv6
  if (bytes[0] == 0xfe && (bytes[1] & 0x80U) != 0) return true;  // link-local, site-local
  return (bytes[0] & 0xfeU) == 0xfc || bytes[0] == 0xff;         // unique local, multicast
}

}  // namespace

bool is_private_address(const std::string& host) {
  if (host == "localhost") return true;
  in_addr v4{};
  // inet_aton, because the resolver takes its forms, too: 127.1, 0x7f000001, 2130706433.
  if (::inet_aton(host.c_str(), &v4) != 0) return is_private_v4(ntohl(v4.s_addr));
  in6_addr v6{};
  return ::inet_pton(AF_INET6, host.c_str(), &v6) == 1 && is_private_v6(v6);
}

void check_target(const http::Url& registry, const http::Url& target) {
  const auto refuse = [&](const std::string& why) {
    throw base::Error(base::ErrorKind::precondition, "the registry " + registry.authority() +
                                                         " sends us to " + base::redact_url(target.text()) +
                                                         ": " + why);
  };
  if (registry.scheme == "https" && target.scheme == "http") refuse("from https to http, which is refused");
  if (target.host == registry.host || is_private_address(registry.host)) return;
  if (is_private_address(target.host)) refuse("a private address, which is refused");
}

}  // namespace oci
