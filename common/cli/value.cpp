#include "cli/value.hpp"

#include <cmath>

namespace cli {
namespace {

using base::Error;
using base::ErrorKind;

Error bad_value(std::string_view text, std::string_view expected) {
  return Error(ErrorKind::usage, "'" + base::printable(text, 200) + "' is not " + std::string(expected));
}

}  // namespace

KeyValue KeyValue::parse(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) throw bad_value(text, "of the form NAME=VALUE");
  return {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

std::chrono::milliseconds parse_duration(std::string_view text) {
  const auto malformed = bad_value(text, "a duration; expected for example 90s, 5m, 1h30m or 250ms");
  double total = 0;
  std::string_view rest = text;
  if (rest.empty()) throw malformed;
  while (!rest.empty()) {
    const auto digits = std::min(rest.find_first_not_of("0123456789."), rest.size());
    const auto number = base::parse_double(rest.substr(0, digits));
    rest.remove_prefix(digits);
    const auto letters = std::min(rest.find_first_of("0123456789."), rest.size());
    const auto unit = rest.substr(0, letters);
    rest.remove_prefix(letters);
    const double scale = unit == "ms"                  ? 1
                         : unit == "s" || unit.empty() ? 1e3
                         : unit == "m"                 ? 6e4
                         : unit == "h"                 ? 3.6e6
                         : unit == "d"                 ? 8.64e7
                                                       : 0;
    if (!number || scale == 0) throw malformed;
    total += *number * scale;
  }
  if (total > 3.2e12) throw malformed;
  return std::chrono::milliseconds(static_cast<long long>(std::llround(total)));
}

std::string duration_text(std::chrono::milliseconds duration) {
  const auto count = duration.count();
  if (count % 3'600'000 == 0 && count != 0) return std::to_string(count / 3'600'000) + "h";
  if (count % 60'000 == 0 && count != 0) return std::to_string(count / 60'000) + "m";
  if (count % 1000 == 0) return std::to_string(count / 1000) + "s";
  return std::to_string(count) + "ms";
}

bool parse_bool(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  throw bad_value(text, "true or false");
}

double parse_number(std::string_view text) {
  const auto value = base::parse_double(text);
  if (!value || !std::isfinite(*value)) throw bad_value(text, "a finite number");
  return *value;
}

long long parse_whole_number(std::string_view text, long long least, long long most) {
  const auto value = base::parse_integer(text);
  if (!value || *value < least || *value > most) {
    throw bad_value(text, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return *value;
}

void throw_bad_choice(std::string_view text, const std::vector<std::string>& choices) {
  throw Error(ErrorKind::usage, "'" + base::printable(text, 200) + "' is not one of " +
                                    base::join(choices, ", ") + base::did_you_mean_hint(text, choices));
}

}  // namespace cli
