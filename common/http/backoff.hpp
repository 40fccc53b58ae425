// How long to wait before another try: exponential with jitter, or what the server asked for.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "http/message.hpp"
#include "http/transport.hpp"

namespace http {

// 408, 429, and 5xx but 501: worth another try.
bool is_retryable(int status);
// The header's value in seconds or as an HTTP date (RFC 9110 §5.6.7), counted from `now`; missing when it is
// neither. Never negative.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value,
                                                           std::chrono::system_clock::time_point now);
// The delay after the failed try number `tried` (from 1). `response` is the answer, if there was one.
std::chrono::milliseconds retry_delay(const RetryPolicy& policy, int tried, const Response* response);

}  // namespace http
