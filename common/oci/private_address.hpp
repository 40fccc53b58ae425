// A guard against a registry that sends us to addresses inside of our own network (SSRF).
//
// Token servers, redirects and upload locations are named by the registry. When such a name is the literal of
// a private, loopback or link-local address (a cloud's metadata service, for example) and the registry itself
// is elsewhere, the request is refused.   Threads: any.
#pragma once

#include <string>

#include "http/url.hpp"

namespace oci {

// Whether the host is written as an address that the internet does not route, or is "localhost".
bool is_private_address(const std::string& host);
// Error{precondition} when `registry` must not send us to `target`; also from https to http.
void check_target(const http::Url& registry, const http::Url& target);

}  // namespace oci
