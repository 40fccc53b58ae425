// StopCondition: when a training is not worth going on with, as "loss is nan" or "loss > 10".
//
// Forms: NAME is nan, NAME is inf, NAME is not finite, NAME OP NUMBER with OP one of < <= > >= ==.
//
// Errors: Error{usage} for any other text.   Threads: values.
#pragma once

#include <string>
#include <string_view>

namespace train_launcher {

class StopCondition {
 public:
  static StopCondition parse(std::string_view text);
  const std::string& text() const { return text_; }
  const std::string& metric() const { return metric_; }
  // Whether the condition holds for this value of the metric. A comparison with NaN never holds.
  bool holds(double value) const;

 private:
  enum class Test { nan, infinite, not_finite, less, at_most, greater, at_least, equal };

  std::string text_;
  std::string metric_;
  Test test_ = Test::nan;
  double bound_ = 0;
};

}  // namespace train_launcher
