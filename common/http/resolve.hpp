// The numeric addresses of a host name, by the system's resolver.
//
// getaddrinfo cannot be stopped; it runs in a thread of its own that is left behind when the answer is no
// longer wanted. Errors: Error{unavailable} when there is no answer, Error{precondition} when there is no
// such host, Error{cancelled} and Error{deadline}.   Threads: any.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace http {

// In the system's order of preference; never empty.
std::vector<std::string> resolve_host(const std::string& host, std::chrono::milliseconds limit);

}  // namespace http
