// The words for requests and statuses in messages.
#pragma once

#include <string>

#include "http/message.hpp"

namespace http {

// "GET https://registry.example/v2/": the method and the address without secrets.
std::string describe(const Request& request);
// "404 Not Found"
std::string status_text(int status);
// Whether sending it twice has the effect of once.
bool is_repeatable(const Request& request);

}  // namespace http
