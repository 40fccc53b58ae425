#include "data/value_text.hpp"

#include <algorithm>
#include <chrono>

#include "base/text.hpp"

namespace data {
namespace {

bool is_digit(char each) {
  return each >= '0' && each <= '9';
}

std::string_view without_sign(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  return text;
}

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() &&
         std::equal(text.begin(), text.end(), lower.begin(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; });
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// `count` digits of `text` from `start`; missing when something else stands there.
std::optional<int> digits_at(std::string_view text, std::size_t start, std::size_t count) {
  if (text.size() < start + count || !all_digits(text.substr(start, count))) return std::nullopt;
  int value = 0;
  for (std::size_t i = start; i < start + count; ++i) value = value * 10 + (text[i] - '0');
  return value;
}

// "12:30:00" and up to six decimals, as microseconds.
std::optional<std::int64_t> time_of_day(std::string_view text) {
  const auto hour = digits_at(text, 0, 2);
  const auto minute = digits_at(text, 3, 2);
  const auto second = digits_at(text, 6, 2);
  if (!hour || !minute || !second || text[2] != ':' || text[5] != ':') return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  std::int64_t micros = ((*hour * 60LL + *minute) * 60 + *second) * 1'000'000;
  if (text.size() == 8) return micros;
  const auto fraction = text.substr(9);
  if (text[8] != '.' || fraction.size() > 6 || !all_digits(fraction)) return std::nullopt;
  std::int64_t unit = 100'000;
  for (const char each : fraction) {
    micros += (each - '0') * unit;
    unit /= 10;
  }
  return micros;
}

// "007" is a name, not a number.
bool has_leading_zero(std::string_view digits) {
  return digits.size() > 1 && digits[0] == '0' && is_digit(digits[1]);
}

}  // namespace

std::optional<bool> boolean_from(std::string_view text) {
  if (equal_ignoring_case(text, "true")) return true;
  if (equal_ignoring_case(text, "false")) return false;
  return std::nullopt;
}

std::optional<std::int64_t> integer_from(std::string_view text) {
  if (!all_digits(without_sign(text))) return std::nullopt;
  const auto value = base::parse_integer(text.front() == '+' ? text.substr(1) : text);
  if (!value) return std::nullopt;
  return *value;
}

std::optional<double> real_from(std::string_view text) {
  const auto digits = without_sign(text);
  if (digits.empty()) return std::nullopt;
  const bool word = equal_ignoring_case(digits, "nan") || equal_ignoring_case(digits, "inf") ||
                    equal_ignoring_case(digits, "infinity");
  if (!word && !is_digit(digits[0]) && digits[0] != '.') return std::nullopt;
  return base::parse_double(text);
}

std::optional<std::int32_t> date_from(std::string_view text) {
  const auto year = digits_at(text, 0, 4);
  const auto month = digits_at(text, 5, 2);
  const auto day = digits_at(text, 8, 2);
  if (!year || !month || !day || text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return static_cast<std::int32_t>(std::chrono::sys_days(date).time_since_epoch().count());
}

std::optional<std::int64_t> timestamp_from(std::string_view text) {
  if (text.size() < 19 || (text[10] != ' ' && text[10] != 'T')) return std::nullopt;
  const auto days = date_from(text.substr(0, 10));
  const auto time = time_of_day(text.substr(11));
  if (!days || !time) return std::nullopt;
  return *days * std::int64_t{86'400'000'000} + *time;
}

void TypeGuess::see(std::string_view text) {
  any_ = true;
  if (real_ || integer_) see_number(text);
  if (boolean_) boolean_ = boolean_from(text).has_value();
  if (date_) date_ = date_from(text).has_value();
  if (timestamp_) timestamp_ = timestamp_from(text).has_value();
}

void TypeGuess::see_number(std::string_view text) {
  const auto digits = without_sign(text);
  const bool whole = all_digits(digits);
  const auto integer = whole ? integer_from(text) : std::nullopt;
  if (has_leading_zero(digits) || (whole && !integer)) {
    integer_ = real_ = false;
    return;
  }
  if (!whole) integer_ = false;
  // An integer has no negative zero.
  if (whole && *integer == 0 && text.front() == '-') integer_ = false;
  if (!whole && real_) real_ = real_from(text).has_value();
  if (!digits.empty() && (is_digit(digits[0]) || digits[0] == '.')) any_digits_ = true;
}

ColumnType TypeGuess::type() const {
  if (!any_) return ColumnType::text;
  if (boolean_) return ColumnType::boolean;
  if (integer_) return ColumnType::integer;
  if (real_ && any_digits_) return ColumnType::real;
  if (date_) return ColumnType::date;
  if (timestamp_) return ColumnType::timestamp;
  return ColumnType::text;
}

}  // namespace data
