#include "http/backoff.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <random>

#include "base/text.hpp"

namespace http {
namespace {

using std::chrono::milliseconds;

// "Sun, 06 Nov 1994 08:49:37 GMT": the one form that servers send. strptime is avoided: it heeds the locale.
std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view text) {
  static const std::vector<std::string> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto comma = text.find(", ");
  if (comma == std::string_view::npos) return std::nullopt;
  const auto parts = base::split(text.substr(comma + 2), ' ');
  if (parts.size() != 5 || parts[4] != "GMT") return std::nullopt;
  const auto month = std::find(months.begin(), months.end(), parts[1]);
  const auto clock = base::split(parts[3], ':');
  if (month == months.end() || clock.size() != 3) return std::nullopt;
  const auto day = base::parse_integer(parts[0]);
  const auto year = base::parse_integer(parts[2]);
  const auto hour = base::parse_integer(clock[0]);
  const auto minute = base::parse_integer(clock[1]);
  const auto second = base::parse_integer(clock[2]);
  if (!day || !year || !hour || !minute || !second || *year < 1970 || *year > 9999) return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year(static_cast<int>(*year)),
      std::chrono::month(static_cast<unsigned>(month - months.begin()) + 1),
      std::chrono::day(static_cast<unsigned>(std::clamp(*day, 0LL, 99LL)))};
  if (!date.ok() || *hour < 0 || *hour > 23 || *minute < 0 || *minute > 59 || *second < 0 || *second > 60)
    return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second);
}

// From half of `delay` to all of it, so that many clients do not come back at once.
milliseconds with_jitter(milliseconds delay) {
  thread_local std::minstd_rand generator(std::random_device{}());
  std::uniform_real_distribution<double> part(0.5, 1.0);
  return milliseconds(std::llround(static_cast<double>(delay.count()) * part(generator)));
}

}  // namespace

bool is_retryable(int status) {
  return status == 408 || status == 429 || (status >= 500 && status <= 599 && status != 501);
}

std::optional<milliseconds> parse_retry_after(std::string_view value,
                                              std::chrono::system_clock::time_point now) {
  value = base::trim(value);
  if (const auto seconds = base::parse_integer(value)) {
    if (*seconds < 0) return std::nullopt;
    return std::chrono::seconds(std::min(*seconds, 86'400LL * 365));
  }
  const auto date = parse_http_date(value);
  if (!date) return std::nullopt;
  return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(*date - now));
}

milliseconds retry_delay(const RetryPolicy& policy, int tried, const Response* response) {
  const auto header = response == nullptr ? std::nullopt : response->headers.get("Retry-After");
  if (header) {
    const auto asked = parse_retry_after(*header, std::chrono::system_clock::now());
    if (asked) return std::min(*asked, policy.cap);
  }
  const auto doubled = policy.first * (1LL << std::clamp(tried - 1, 0, 20));
  return with_jitter(std::min<milliseconds>(doubled, policy.cap));
}

}  // namespace http
