#include "base/clock.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

#include "base/error.hpp"
#include "base/text.hpp"

namespace base {

using std::chrono::milliseconds;

Time now() {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

std::string rfc3339(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::array<char, 48> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02uT%02ld:%02ld:%02ld",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<long>(clock.hours().count()),
                static_cast<long>(clock.minutes().count()), static_cast<long>(clock.seconds().count()));
  std::string text = buffer.data();
  if (clock.subseconds().count() != 0) {
    std::snprintf(buffer.data(), buffer.size(), ".%03ld", static_cast<long>(clock.subseconds().count()));
    text += buffer.data();
  }
  return text + "Z";
}

Time parse_rfc3339(std::string_view text) {
  const Error malformed(ErrorKind::input, "'" + printable(text, 60) +
                                              "' is not a time; expected the form 2026-11-22T01:02:03Z");
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int used = 0;
  const std::string copy(text);
  if (std::sscanf(copy.c_str(), "%4d-%2u-%2uT%2d:%2d:%2d%n", &year, &month, &day, &hour, &minute, &second,
                  &used) != 6) {
    throw malformed;
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) throw malformed;
  std::string_view rest = std::string_view(copy).substr(static_cast<std::size_t>(used));
  milliseconds fraction{0};
  if (!rest.empty() && rest.front() == '.') {
    int scale = 100;
    rest.remove_prefix(1);
    while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
      fraction += milliseconds((rest.front() - '0') * scale);
      scale /= 10;
      rest.remove_prefix(1);
    }
  }
  std::chrono::minutes offset{0};
  if (rest.size() == 6 && (rest[0] == '+' || rest[0] == '-') && rest[3] == ':') {
    const auto hours = parse_integer(rest.substr(1, 2));
    const auto minutes = parse_integer(rest.substr(4, 2));
    if (!hours || !minutes) throw malformed;
    offset = std::chrono::minutes((*hours * 60 + *minutes) * (rest[0] == '-' ? -1 : 1));
  } else if (rest != "Z" && rest != "z") {
    throw malformed;
  }
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second) + fraction - offset;
}

std::optional<Time> source_date_epoch() {
  const char* value = std::getenv("SOURCE_DATE_EPOCH");
  if (value == nullptr || *value == '\0') return std::nullopt;
  const auto seconds = parse_integer(value);
  if (!seconds || *seconds < 0 || *seconds > 253402300799LL) {
    throw Error(ErrorKind::usage, "SOURCE_DATE_EPOCH is '" + printable(value, 60) +
                                      "', expected seconds since 1970 as a number");
  }
  return Time(std::chrono::seconds(*seconds));
}

std::string human_duration(milliseconds duration) {
  const auto count = duration.count();
  if (count < 1000) return std::to_string(count) + " ms";
  if (count < 60'000) {
    std::array<char, 32> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%.1f s", static_cast<double>(count) / 1000.0);
    return buffer.data();
  }
  return std::to_string(count / 60'000) + " min " + std::to_string(count / 1000 % 60) + " s";
}

}  // namespace base
