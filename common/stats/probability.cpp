#include "stats/probability.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "base/text.hpp"
#include "stats/sum.hpp"

namespace stats {
namespace {

using base::Error;
using base::ErrorKind;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double epsilon = std::numeric_limits<double>::epsilon();

void check(std::size_t rows, std::span<const double> probabilities, std::size_t columns) {
  if (rows * columns != probabilities.size()) {
    throw Error(ErrorKind::input, std::to_string(rows) + " labels and " +
                                      std::to_string(probabilities.size()) + " probabilities; expected " +
                                      std::to_string(columns) + " for each label");
  }
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    if (probabilities[i] >= 0 && probabilities[i] <= 1) continue;
    throw Error(ErrorKind::input, "the probability in row " + std::to_string(i / columns + 1) + " is " +
                                      base::to_text(probabilities[i]) + "; expected a number from 0 to 1");
  }
}

double surprise(double probability) {
  return -std::log(std::clamp(probability, epsilon, 1 - epsilon));
}

// Clipping comes before the row is scaled to sum to one, as in scikit-learn.
double row_surprise(std::span<const double> row, int truth, std::size_t number) {
  Sum sum;
  for (const double each : row) sum.add(each);
  if (std::abs(sum.value() - 1) > 1.5e-8) {
    throw Error(ErrorKind::input, "the probabilities in row " + std::to_string(number) + " sum to " +
                                      base::to_text(sum.value()) + "; expected 1");
  }
  return surprise(row[static_cast<std::size_t>(truth)]);
}

}  // namespace

double log_loss(std::span<const char> positive, std::span<const double> probabilities) {
  check(positive.size(), probabilities, 1);
  if (positive.empty()) return nan;
  Sum sum;
  for (std::size_t i = 0; i < positive.size(); ++i)
    sum.add(surprise(positive[i] != 0 ? probabilities[i] : 1 - probabilities[i]));
  return sum.value() / static_cast<double>(positive.size());
}

double log_loss(std::span<const int> truth, std::span<const double> probabilities, std::size_t classes) {
  check(truth.size(), probabilities, classes);
  if (truth.empty()) return nan;
  Sum sum;
  for (std::size_t i = 0; i < truth.size(); ++i)
    sum.add(row_surprise(probabilities.subspan(i * classes, classes), truth[i], i + 1));
  return sum.value() / static_cast<double>(truth.size());
}

double brier_score(std::span<const char> positive, std::span<const double> probabilities) {
  check(positive.size(), probabilities, 1);
  if (positive.empty()) return nan;
  Sum sum;
  for (std::size_t i = 0; i < positive.size(); ++i) {
    const double error = probabilities[i] - (positive[i] != 0 ? 1 : 0);
    sum.add(error * error);
  }
  return sum.value() / static_cast<double>(positive.size());
}

std::vector<CalibrationBin> calibration_curve(std::span<const char> positive,
                                              std::span<const double> probabilities, std::size_t bins) {
  check(positive.size(), probabilities, 1);
  std::vector<double> inner_edges;  // a probability on an edge belongs to the bin below it
  for (std::size_t i = 1; i < bins; ++i)
    inner_edges.push_back(static_cast<double>(i) * (1.0 / static_cast<double>(bins)));
  std::vector<Sum> sums(bins);
  std::vector<CalibrationBin> filled(bins, CalibrationBin{0, 0, 0});
  for (std::size_t i = 0; i < positive.size(); ++i) {
    const auto edge = std::lower_bound(inner_edges.begin(), inner_edges.end(), probabilities[i]);
    const auto bin = static_cast<std::size_t>(edge - inner_edges.begin());
    sums[bin].add(probabilities[i]);
    filled[bin].positive_share += positive[i] != 0 ? 1 : 0;
    filled[bin].rows += 1;
  }
  std::vector<CalibrationBin> curve;
  for (std::size_t i = 0; i < bins; ++i) {
    if (filled[i].rows == 0) continue;
    const auto rows = static_cast<double>(filled[i].rows);
    curve.push_back({sums[i].value() / rows, filled[i].positive_share / rows, filled[i].rows});
  }
  return curve;
}

}  // namespace stats
