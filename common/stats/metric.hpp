// Metric: the name of a figure that judges predictions, and how it is computed from them.
//
// Names are those of scikit-learn's functions (accuracy_score), of its scorers (accuracy, f1_macro) and of
// MLflow (precision_recall_auc); a metric has one canonical name, which reports use.
//
// Errors: Error{input} when the outcomes lack what a metric needs.   Threads: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stats/confusion.hpp"
#include "stats/interval.hpp"

namespace stats {

enum class Measure {
  accuracy,
  balanced_accuracy,
  precision,
  recall,
  f_beta,
  matthews_correlation,
  cohen_kappa,
  roc_auc,
  roc_auc_ovr,
  roc_auc_ovo,
  average_precision,
  log_loss,
  brier_score,
  r_squared,
  mean_absolute_error,
  mean_squared_error,
  root_mean_squared_error,
  mean_absolute_percentage_error,
};

enum class Direction { higher_is_better, lower_is_better };

struct Metric {
  Measure measure = Measure::accuracy;
  Average average =
      Average::binary;  // of precision, recall and f_beta; macro or weighted of roc_auc_ovr, _ovo
  double beta = 1;      // of f_beta

  // "f1_macro", "fbeta_0.5", "roc_auc_ovr_weighted".
  std::string name() const;
  // How it is computed, for the report: "tp / (tp + fp)".
  std::string formula() const;
  Direction direction() const;
  // The least and the largest value that it can take.
  Interval range() const;
  bool has_average() const;
  friend bool operator==(const Metric&, const Metric&) = default;
};

// Missing for an unknown name. "fbeta" needs its beta set afterwards.
std::optional<Metric> find_metric(std::string_view name);
// Every name that find_metric takes, for hints.
const std::vector<std::string>& metric_names();
// All metrics of the kind, for a report that lists them all.
std::vector<Metric> classification_metrics();
std::vector<Metric> regression_metrics();

// The rows of one evaluation. Lists that are not empty have one entry per row.
struct Outcomes {
  std::uint64_t rows = 0;
  // Classification: the classes in the order of their numbers, and the class of each row.
  std::vector<std::string> classes;
  std::vector<int> truth;
  std::vector<int> predicted;           // empty: no predictions, only scores
  std::optional<std::size_t> positive;  // the positive class, where there is one
  std::vector<double> scores;           // of the positive class
  std::vector<double> class_scores;     // row-major, one column per class
  // Regression.
  std::vector<double> true_values;
  std::vector<double> predicted_values;

  bool regression() const { return !true_values.empty() || !predicted_values.empty(); }
  ConfusionMatrix confusion() const;
  // 1 per row of the positive class, else 0.
  std::vector<char> positives() const;
  // The rows with these numbers.
  Outcomes rows_of(const std::vector<std::size_t>& numbers) const;
};

// NaN where the metric is undefined, as when only one class occurs.
double evaluate(const Metric& metric, const Outcomes& outcomes);
// Whether the outcomes have what the metric needs; the reason when not ("needs a score column").
std::optional<std::string> lacks(const Metric& metric, const Outcomes& outcomes);
// Wilson's for shares, DeLong's for roc_auc; missing for the others.
std::optional<Interval> confidence_interval(const Metric& metric, const Outcomes& outcomes,
                                            double confidence);

}  // namespace stats
