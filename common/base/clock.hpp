// Wall-clock time in the one form that we write: RFC 3339 in UTC.
//
// Anything that must be the same on every run uses SOURCE_DATE_EPOCH or no time at all, never now().
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace base {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;

Time now();
// "2026-11-22T01:02:03Z", with milliseconds if there are any: "2026-11-22T01:02:03.004Z".
std::string rfc3339(Time time);
// Error{input} for anything else than a UTC time in that form (offsets are read, too).
Time parse_rfc3339(std::string_view text);
// The variable SOURCE_DATE_EPOCH (seconds); missing if unset or empty, Error{usage} if it is not a number.
std::optional<Time> source_date_epoch();
// "45 s", "1 min 20 s", "350 ms".
std::string human_duration(std::chrono::milliseconds duration);

}  // namespace base
