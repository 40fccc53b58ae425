#include "stats/sum.hpp"

#include <cmath>
#include <limits>

namespace stats {

void Sum::add(double value) {
  const double total = sum_ + value;
  // Once infinite or NaN, the correction would turn an infinity into NaN.
  if (!std::isfinite(total)) {
    sum_ = total;
    correction_ = 0;
    return;
  }
  correction_ += std::abs(sum_) >= std::abs(value) ? (sum_ - total) + value : (value - total) + sum_;
  sum_ = total;
}

double mean(std::span<const double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  Sum sum;
  for (const double value : values) sum.add(value);
  return sum.value() / static_cast<double>(values.size());
}

double standard_deviation(std::span<const double> values, Deviation form) {
  const std::size_t lost = form == Deviation::sample ? 1 : 0;
  if (values.size() <= lost) return std::numeric_limits<double>::quiet_NaN();
  const double center = mean(values);
  Sum squares;
  for (const double value : values) squares.add((value - center) * (value - center));
  return std::sqrt(squares.value() / static_cast<double>(values.size() - lost));
}

}  // namespace stats
