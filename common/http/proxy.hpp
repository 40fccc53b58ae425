// Which proxy a request goes through, by HTTPS_PROXY, HTTP_PROXY and NO_PROXY (lower case too, which wins).
//
// NO_PROXY: "*", a domain (with or without a leading dot: it and all below), an address, a CIDR block, each
// with an optional port. Errors: Error{usage} for a proxy address that is not http.   Threads: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/url.hpp"

namespace http {

// Missing: go straight to the host.
std::optional<Url> proxy_for(const Url& url);
// Whether the list says that `host` and `port` are reached without the proxy.
bool bypasses_proxy(std::string_view no_proxy, std::string_view host, std::string_view port);
// "localhost" (and names under it) and the addresses of this machine's loopback.
bool is_loopback(std::string_view host);

}  // namespace http
