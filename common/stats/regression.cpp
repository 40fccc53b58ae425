#include "stats/regression.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/error.hpp"
#include "stats/sum.hpp"

namespace stats {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// The mean over the rows of `term(truth, predicted)`.
template <class Term>
double mean_of(std::span<const double> truth, std::span<const double> predicted, Term term) {
  if (truth.size() != predicted.size()) {
    throw base::Error(base::ErrorKind::input, std::to_string(truth.size()) + " true values and " +
                                                  std::to_string(predicted.size()) +
                                                  " predictions; expected equally many");
  }
  if (truth.empty()) return nan;
  Sum sum;
  for (std::size_t i = 0; i < truth.size(); ++i) sum.add(term(truth[i], predicted[i]));
  return sum.value() / static_cast<double>(truth.size());
}

}  // namespace

double r_squared(std::span<const double> truth, std::span<const double> predicted) {
  const double residual = mean_squared_error(truth, predicted);
  if (truth.size() < 2) return nan;
  const double center = mean(truth);
  const double spread =
      mean_of(truth, truth, [center](double y, double) { return (y - center) * (y - center); });
  if (spread == 0) return residual == 0 ? 1 : 0;
  return 1 - residual / spread;
}

double mean_absolute_error(std::span<const double> truth, std::span<const double> predicted) {
  return mean_of(truth, predicted, [](double y, double p) { return std::abs(y - p); });
}

double mean_squared_error(std::span<const double> truth, std::span<const double> predicted) {
  return mean_of(truth, predicted, [](double y, double p) { return (y - p) * (y - p); });
}

double root_mean_squared_error(std::span<const double> truth, std::span<const double> predicted) {
  return std::sqrt(mean_squared_error(truth, predicted));
}

double mean_absolute_percentage_error(std::span<const double> truth, std::span<const double> predicted) {
  return mean_of(truth, predicted, [](double y, double p) {
    return std::abs(y - p) / std::max(std::abs(y), std::numeric_limits<double>::epsilon());
  });
}

}  // namespace stats
