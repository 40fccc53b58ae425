#include "train-launcher/stop_condition.hpp"

#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"

namespace train_launcher {
namespace {

[[noreturn]] void refuse(std::string_view text) {
  throw base::Error(
      base::ErrorKind::usage,
      "'" + base::printable(text, 200) +
          "' is not a condition; expected 'NAME is nan', 'NAME is inf', 'NAME is not finite' or "
          "'NAME OP NUMBER' with OP one of < <= > >= ==");
}

// The words of `text` without the spaces between them.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (auto& word : base::split(text, ' ')) {
    if (!word.empty()) words.push_back(std::move(word));
  }
  return words;
}

}  // namespace

StopCondition StopCondition::parse(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, Test>, 5> comparisons{{{"<", Test::less},
                                                                                 {"<=", Test::at_most},
                                                                                 {">", Test::greater},
                                                                                 {">=", Test::at_least},
                                                                                 {"==", Test::equal}}};
  static constexpr std::array<std::pair<std::string_view, Test>, 3> states{
      {{"is nan", Test::nan}, {"is inf", Test::infinite}, {"is not finite", Test::not_finite}}};
  auto words = words_of(base::trim(text));
  if (words.size() < 3) refuse(text);
  StopCondition condition;
  condition.text_ = base::join(words, " ");
  condition.metric_ = words.front();
  words.erase(words.begin());
  const auto test = base::join(words, " ");
  for (const auto& [name, value] : states) {
    condition.test_ = value;
    if (test == name) return condition;
  }
  const auto bound = base::parse_double(words[1]);
  if (words.size() != 2 || !bound) refuse(text);
  condition.bound_ = *bound;
  for (const auto& [name, value] : comparisons) {
    condition.test_ = value;
    if (words[0] == name) return condition;
  }
  refuse(text);
}

bool StopCondition::holds(double value) const {
  switch (test_) {
    case Test::nan:
      return std::isnan(value);
    case Test::infinite:
      return std::isinf(value);
    case Test::not_finite:
      return !std::isfinite(value);
    case Test::less:
      return value < bound_;
    case Test::at_most:
      return value <= bound_;
    case Test::greater:
      return value > bound_;
    case Test::at_least:
      return value >= bound_;
    case Test::equal:
      return value == bound_;
  }
  return false;
}

}  // namespace train_launcher
