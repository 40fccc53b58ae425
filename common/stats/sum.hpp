// Sums of many doubles with an error that does not grow with their number (Neumaier 1974).
//
// Not finite values pass through: a NaN gives NaN.   Threads: pure functions.
#pragma once

#include <span>

namespace stats {

class Sum {
 public:
  void add(double value);
  double value() const { return sum_ + correction_; }

 private:
  double sum_ = 0;
  double correction_ = 0;
};

// NaN when empty.
double mean(std::span<const double> values);
// Of the values, dividing by n - 1 ("sample") or n ("population"); NaN below two or one values.
enum class Deviation { sample, population };
double standard_deviation(std::span<const double> values, Deviation form);

}  // namespace stats
