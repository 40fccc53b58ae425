// ConfusionMatrix: how often each true class was predicted as each class, and every metric that needs no more
// than that.
//
// Definitions are those of scikit-learn (sklearn.metrics, user guide "Classification metrics"), with
// zero_division=0 where a denominator is zero. An empty matrix gives NaN everywhere.
//
// Errors: none; class numbers must be below classes().   Threads: values, pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace stats {

class ConfusionMatrix {
 public:
  explicit ConfusionMatrix(std::size_t classes);
  // Row by row: the class of the truth and of the prediction, both below `classes`, equally many.
  static ConfusionMatrix of(std::span<const int> truth, std::span<const int> predicted, std::size_t classes);

  void add(std::size_t truth, std::size_t predicted, std::uint64_t count = 1);

  std::size_t classes() const { return classes_; }
  std::uint64_t count(std::size_t truth, std::size_t predicted) const {
    return counts_[truth * classes_ + predicted];
  }
  std::uint64_t true_total(std::size_t index) const { return true_totals_[index]; }
  std::uint64_t predicted_total(std::size_t index) const { return predicted_totals_[index]; }
  std::uint64_t correct() const;
  std::uint64_t total() const { return total_; }

 private:
  std::size_t classes_;
  std::vector<std::uint64_t> counts_;  // truth-major
  std::vector<std::uint64_t> true_totals_;
  std::vector<std::uint64_t> predicted_totals_;
  std::uint64_t total_ = 0;
};

// The share of correct predictions.
double accuracy(const ConfusionMatrix& matrix);
// The mean recall over the classes that occur in the truth (balanced_accuracy_score, adjusted=False).
double balanced_accuracy(const ConfusionMatrix& matrix);
// Gorodkin 2004, R_K; the Matthews correlation for two classes. 0 when truth or prediction is constant.
double matthews_correlation(const ConfusionMatrix& matrix);
// Cohen 1960, without weights. NaN when truth and prediction are the same single class.
double cohen_kappa(const ConfusionMatrix& matrix);

// How the per-class figures become one. Classes that occur neither in truth nor in prediction do not count.
enum class Average {
  binary,    // of the positive class alone
  micro,     // of the summed counts
  macro,     // the plain mean over the classes
  weighted,  // the mean weighted by how often a class is true
};

struct Averaging {
  Average average = Average::binary;
  std::size_t positive = 1;  // heeded by Average::binary only
};

// tp / (tp + fp)
double precision(const ConfusionMatrix& matrix, Averaging averaging);
// tp / (tp + fn)
double recall(const ConfusionMatrix& matrix, Averaging averaging);
// (1 + b²) tp / ((1 + b²) tp + b² fn + fp), van Rijsbergen 1979, in scikit-learn's count form (since 1.4).
double f_beta(const ConfusionMatrix& matrix, Averaging averaging, double beta);

}  // namespace stats
