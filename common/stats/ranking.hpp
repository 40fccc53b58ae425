// Metrics of a score for two classes: how well it puts the positive rows above the negative ones.
//
// Definitions are those of scikit-learn: one threshold per distinct score, so that ties move diagonally.
//
// Errors: Error{input} for a score that is NaN or infinite, or lengths that differ.   Threads: pure
// functions.
#pragma once

#include <span>
#include <vector>

namespace stats {

// A threshold and what it does: rows with a score of at least `threshold` count as positive.
struct Operating {
  double threshold;
  double true_positives;
  double false_positives;
};

// One entry per distinct score, from the highest down. `positive` is 1 for a row of the positive class, else
// 0.
std::vector<Operating> operating_points(std::span<const char> positive, std::span<const double> scores);

// The area under the ROC curve, that is the Mann-Whitney statistic with half credit for ties (Hanley and
// McNeil 1982; roc_auc_score). NaN when only one class occurs.
double roc_auc(std::span<const char> positive, std::span<const double> scores);

// Σ (R_n - R_{n-1}) P_n over the distinct scores, without interpolation (average_precision_score). NaN
// without a positive row, where scikit-learn warns and gives 0.
double average_precision(std::span<const char> positive, std::span<const double> scores);

// The area under the ROC curve for more than two classes. `scores` are row-major, one column per class;
// `truth` are class numbers.
//
// Each class against the rest; classes that are not in `truth` make it NaN (roc_auc_score,
// multi_class="ovr").
enum class ClassMean { macro, weighted };
double roc_auc_ovr(std::span<const int> truth, std::span<const double> scores, std::size_t classes,
                   ClassMean form);
// Each pair of classes (Hand and Till 2001; roc_auc_score, multi_class="ovo").
double roc_auc_ovo(std::span<const int> truth, std::span<const double> scores, std::size_t classes,
                   ClassMean form);

}  // namespace stats
