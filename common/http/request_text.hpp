// What goes over the wire before a body: request line and header fields of HTTP/1.1.
//
// Errors: Error{input} for a line break in a header.   Threads: any.
#pragma once

#include <optional>
#include <string>

#include "http/message.hpp"

namespace http {

// The head of the request. Through a proxy, plain http is asked for by its whole address.
std::string request_text(const Request& request, const std::optional<Url>& proxy);
// Asks the proxy for a tunnel to the host of `url` (RFC 9110 §9.3.6).
std::string tunnel_text(const Url& url, const Url& proxy);

}  // namespace http
