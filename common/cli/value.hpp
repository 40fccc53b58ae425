// How the text of an option becomes the type of the Config member, and back for the help text.
//
// Known here: text, numbers, bool, paths, durations ("90s", "5m", "1h30m", "250ms"; a bare number is
// seconds), key=value pairs, every type with a static `parse(std::string_view)` and a `text()`, and every
// enum with a ChoicesOf. A step adds no others: a domain type brings its own parse.
//
// Errors: Error{usage}, naming the value and what was expected.
#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/table.hpp"

namespace cli {

// A member that must be given on the command line.
template <class T>
class Required {
 public:
  Required() = default;
  Required(T value) : value_(std::move(value)) {}  // NOLINT: written like the value it holds
  const T& operator*() const { return value_.value(); }
  const T* operator->() const { return &value_.value(); }
  operator const T&() const { return value_.value(); }  // NOLINT: read like the value it holds

 private:
  std::optional<T> value_;
};

// NAME=VALUE; the value may be empty and may hold further equal signs.
struct KeyValue {
  std::string key;
  std::string value;
  static KeyValue parse(std::string_view text);
  std::string text() const { return key + "=" + value; }
  friend bool operator==(const KeyValue&, const KeyValue&) = default;
};

// Specialise for an enum: `static constexpr std::array<std::pair<std::string_view, E>, N> values`.
template <class Enum>
struct ChoicesOf;

std::chrono::milliseconds parse_duration(std::string_view text);
std::string duration_text(std::chrono::milliseconds duration);
bool parse_bool(std::string_view text);
double parse_number(std::string_view text);
long long parse_whole_number(std::string_view text, long long least, long long most);
[[noreturn]] void throw_bad_choice(std::string_view text, const std::vector<std::string>& choices);

template <class T>
concept DomainValue = requires(const T& value, std::string_view text) {
  { T::parse(text) } -> std::convertible_to<T>;
  { value.text() } -> std::convertible_to<std::string>;
};

template <class T>
concept Duration = requires {
  typename T::period;
}
&&requires(T value) {
  value.count();
};

template <class T>
constexpr ValueKind kind_of() {
  if constexpr (std::same_as<T, bool>) {
    return ValueKind::boolean;
  } else if constexpr (std::integral<T>) {
    return ValueKind::integer;
  } else if constexpr (std::floating_point<T>) {
    return ValueKind::number;
  } else {
    return ValueKind::string;
  }
}

template <class T>
std::vector<std::string> choices_of() {
  std::vector<std::string> names;
  if constexpr (std::is_enum_v<T>) {
    for (const auto& [name, value] : ChoicesOf<T>::values) names.emplace_back(name);
  }
  return names;
}

template <class T>
T value_from(const std::string& text) {
  if constexpr (std::same_as<T, std::string> || std::same_as<T, std::filesystem::path>) {
    return T(text);
  } else if constexpr (std::same_as<T, bool>) {
    return parse_bool(text);
  } else if constexpr (std::integral<T>) {
    return static_cast<T>(
        parse_whole_number(text, std::is_unsigned_v<T> ? 0 : -2147483648LL, 9007199254740991LL));
  } else if constexpr (std::floating_point<T>) {
    return static_cast<T>(parse_number(text));
  } else if constexpr (std::is_enum_v<T>) {
    for (const auto& [name, value] : ChoicesOf<T>::values) {
      if (name == text) return value;
    }
    throw_bad_choice(text, choices_of<T>());
  } else if constexpr (Duration<T>) {
    return std::chrono::duration_cast<T>(parse_duration(text));
  } else {
    static_assert(DomainValue<T>, "an option's type needs a static parse(std::string_view) and text()");
    try {
      return T::parse(text);
    } catch (const base::Error& error) {
      throw base::Error(base::ErrorKind::usage, error.message());
    }
  }
}

template <class T>
std::string text_of(const T& value) {
  if constexpr (std::same_as<T, std::string>) {
    return value;
  } else if constexpr (std::same_as<T, std::filesystem::path>) {
    return value.string();
  } else if constexpr (std::same_as<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::integral<T>) {
    return std::to_string(value);
  } else if constexpr (std::floating_point<T>) {
    return base::to_text(static_cast<double>(value));
  } else if constexpr (std::is_enum_v<T>) {
    for (const auto& [name, each] : ChoicesOf<T>::values) {
      if (each == value) return std::string(name);
    }
    return "";
  } else if constexpr (Duration<T>) {
    return duration_text(std::chrono::duration_cast<std::chrono::milliseconds>(value));
  } else {
    return value.text();
  }
}

}  // namespace cli
