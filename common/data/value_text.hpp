// The text of a value in a CSV field, and what type a column of such texts has.   Threads: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "data/column_type.hpp"

namespace data {

// Each is missing when the whole text is not such a value.
std::optional<bool> boolean_from(std::string_view text);            // true, false in any case
std::optional<std::int64_t> integer_from(std::string_view text);    // decimal digits with an optional sign
std::optional<double> real_from(std::string_view text);             // decimal, exponent, nan, inf
std::optional<std::int32_t> date_from(std::string_view text);       // 2026-01-31, as days since 1970
std::optional<std::int64_t> timestamp_from(std::string_view text);  // with " " or "T", as microseconds

// The narrowest type that holds every text seen without losing a character that matters: "007" and whole
// numbers beyond 64 bits make a text column, "nan" alone does not make a number.
class TypeGuess {
 public:
  void see(std::string_view text);
  ColumnType type() const;

 private:
  void see_number(std::string_view text);

  bool any_ = false;
  bool any_digits_ = false;
  bool boolean_ = true;
  bool integer_ = true;
  bool real_ = true;
  bool date_ = true;
  bool timestamp_ = true;
};

}  // namespace data
