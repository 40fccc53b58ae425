#include "stats/confusion.hpp"

#include <cmath>
#include <limits>
#include <numeric>

#include "stats/sum.hpp"

namespace stats {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double as_double(std::uint64_t count) {
  return static_cast<double>(count);
}

// scikit-learn's zero_division=0.
double ratio(double numerator, double denominator) {
  return denominator == 0 ? 0 : numerator / denominator;
}

// What precision, recall and F need of a class or of a sum over classes.
struct Counts {
  double hit = 0;        // true positives
  double truth = 0;      // true positives and false negatives
  double predicted = 0;  // true positives and false positives
};

Counts counts_of(const ConfusionMatrix& matrix, std::size_t index) {
  return {as_double(matrix.count(index, index)), as_double(matrix.true_total(index)),
          as_double(matrix.predicted_total(index))};
}

template <class Figure>
double averaged(const ConfusionMatrix& matrix, Averaging averaging, Figure figure) {
  if (matrix.total() == 0) return nan;
  if (averaging.average == Average::binary) return figure(counts_of(matrix, averaging.positive));
  if (averaging.average == Average::micro) {
    const double total = as_double(matrix.total());
    return figure(Counts{as_double(matrix.correct()), total, total});
  }
  Sum sum;
  double weights = 0;
  for (std::size_t i = 0; i < matrix.classes(); ++i) {
    const Counts counts = counts_of(matrix, i);
    if (counts.truth + counts.predicted == 0) continue;
    const double weight = averaging.average == Average::macro ? 1 : counts.truth;
    sum.add(weight * figure(counts));
    weights += weight;
  }
  return ratio(sum.value(), weights);
}

}  // namespace

ConfusionMatrix::ConfusionMatrix(std::size_t classes)
    : classes_(classes), counts_(classes * classes), true_totals_(classes), predicted_totals_(classes) {}

ConfusionMatrix ConfusionMatrix::of(std::span<const int> truth, std::span<const int> predicted,
                                    std::size_t classes) {
  ConfusionMatrix matrix(classes);
  for (std::size_t i = 0; i < truth.size(); ++i)
    matrix.add(static_cast<std::size_t>(truth[i]), static_cast<std::size_t>(predicted[i]));
  return matrix;
}

void ConfusionMatrix::add(std::size_t truth, std::size_t predicted, std::uint64_t count) {
  counts_[truth * classes_ + predicted] += count;
  true_totals_[truth] += count;
  predicted_totals_[predicted] += count;
  total_ += count;
}

std::uint64_t ConfusionMatrix::correct() const {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < classes_; ++i) sum += count(i, i);
  return sum;
}

double accuracy(const ConfusionMatrix& matrix) {
  if (matrix.total() == 0) return nan;
  return as_double(matrix.correct()) / as_double(matrix.total());
}

double balanced_accuracy(const ConfusionMatrix& matrix) {
  Sum sum;
  int present = 0;
  for (std::size_t i = 0; i < matrix.classes(); ++i) {
    if (matrix.true_total(i) == 0) continue;
    sum.add(as_double(matrix.count(i, i)) / as_double(matrix.true_total(i)));
    ++present;
  }
  return present == 0 ? nan : sum.value() / present;
}

double matthews_correlation(const ConfusionMatrix& matrix) {
  if (matrix.total() == 0) return nan;
  const double total = as_double(matrix.total());
  double both = 0;
  double truth = 0;
  double predicted = 0;
  for (std::size_t i = 0; i < matrix.classes(); ++i) {
    const double t = as_double(matrix.true_total(i));
    const double p = as_double(matrix.predicted_total(i));
    both += t * p;
    truth += t * t;
    predicted += p * p;
  }
  const double spread = (total * total - truth) * (total * total - predicted);
  return spread == 0 ? 0 : (as_double(matrix.correct()) * total - both) / std::sqrt(spread);
}

double cohen_kappa(const ConfusionMatrix& matrix) {
  if (matrix.total() == 0) return nan;
  const double total = as_double(matrix.total());
  double expected = 0;
  for (std::size_t i = 0; i < matrix.classes(); ++i)
    expected += as_double(matrix.true_total(i)) * as_double(matrix.predicted_total(i));
  const double expected_wrong = total - expected / total;
  if (expected_wrong == 0) return nan;
  return 1 - (total - as_double(matrix.correct())) / expected_wrong;
}

double precision(const ConfusionMatrix& matrix, Averaging averaging) {
  return averaged(matrix, averaging, [](const Counts& c) { return ratio(c.hit, c.predicted); });
}

double recall(const ConfusionMatrix& matrix, Averaging averaging) {
  return averaged(matrix, averaging, [](const Counts& c) { return ratio(c.hit, c.truth); });
}

double f_beta(const ConfusionMatrix& matrix, Averaging averaging, double beta) {
  const double square = beta * beta;
  return averaged(matrix, averaging, [square](const Counts& c) {
    return ratio((1 + square) * c.hit, square * c.truth + c.predicted);
  });
}

}  // namespace stats
