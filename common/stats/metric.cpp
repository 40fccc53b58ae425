#include "stats/metric.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "stats/probability.hpp"
#include "stats/ranking.hpp"
#include "stats/regression.hpp"

namespace stats {
namespace {

// What a metric is computed from.
enum class Needs { classes, score, any_scores, class_scores, numbers };

Needs needs(Measure measure) {
  switch (measure) {
    case Measure::accuracy:
    case Measure::balanced_accuracy:
    case Measure::precision:
    case Measure::recall:
    case Measure::f_beta:
    case Measure::matthews_correlation:
    case Measure::cohen_kappa:
      return Needs::classes;
    case Measure::roc_auc:
    case Measure::average_precision:
    case Measure::brier_score:
      return Needs::score;
    case Measure::log_loss:
      return Needs::any_scores;
    case Measure::roc_auc_ovr:
    case Measure::roc_auc_ovo:
      return Needs::class_scores;
    default:
      return Needs::numbers;
  }
}

Averaging averaging(const Metric& metric, const Outcomes& outcomes) {
  return {metric.average, outcomes.positive.value_or(0)};
}

double evaluate_classes(const Metric& metric, const Outcomes& outcomes) {
  const auto matrix = outcomes.confusion();
  switch (metric.measure) {
    case Measure::accuracy:
      return accuracy(matrix);
    case Measure::balanced_accuracy:
      return balanced_accuracy(matrix);
    case Measure::precision:
      return precision(matrix, averaging(metric, outcomes));
    case Measure::recall:
      return recall(matrix, averaging(metric, outcomes));
    case Measure::f_beta:
      return f_beta(matrix, averaging(metric, outcomes), metric.beta);
    case Measure::matthews_correlation:
      return matthews_correlation(matrix);
    default:
      return cohen_kappa(matrix);
  }
}

double evaluate_scores(const Metric& metric, const Outcomes& outcomes) {
  const auto form = metric.average == Average::weighted ? ClassMean::weighted : ClassMean::macro;
  switch (metric.measure) {
    case Measure::roc_auc:
      return roc_auc(outcomes.positives(), outcomes.scores);
    case Measure::average_precision:
      return average_precision(outcomes.positives(), outcomes.scores);
    case Measure::brier_score:
      return brier_score(outcomes.positives(), outcomes.scores);
    case Measure::roc_auc_ovr:
      return roc_auc_ovr(outcomes.truth, outcomes.class_scores, outcomes.classes.size(), form);
    case Measure::roc_auc_ovo:
      return roc_auc_ovo(outcomes.truth, outcomes.class_scores, outcomes.classes.size(), form);
    default:
      if (!outcomes.class_scores.empty())
        return log_loss(outcomes.truth, outcomes.class_scores, outcomes.classes.size());
      return log_loss(outcomes.positives(), outcomes.scores);
  }
}

double evaluate_numbers(const Metric& metric, const Outcomes& outcomes) {
  const auto& truth = outcomes.true_values;
  const auto& predicted = outcomes.predicted_values;
  switch (metric.measure) {
    case Measure::r_squared:
      return r_squared(truth, predicted);
    case Measure::mean_absolute_error:
      return mean_absolute_error(truth, predicted);
    case Measure::mean_squared_error:
      return mean_squared_error(truth, predicted);
    case Measure::root_mean_squared_error:
      return root_mean_squared_error(truth, predicted);
    default:
      return mean_absolute_percentage_error(truth, predicted);
  }
}

template <class T>
std::vector<T> picked(const std::vector<T>& values, const std::vector<std::size_t>& numbers) {
  std::vector<T> kept;
  if (values.empty()) return kept;
  kept.reserve(numbers.size());
  for (const std::size_t number : numbers) kept.push_back(values[number]);
  return kept;
}

std::optional<Interval> share_interval(const Metric& metric, const Outcomes& outcomes, double confidence) {
  const auto matrix = outcomes.confusion();
  if (metric.measure == Measure::accuracy) {
    return wilson_interval(static_cast<double>(matrix.correct()), static_cast<double>(matrix.total()),
                           confidence);
  }
  if (metric.average != Average::binary || !outcomes.positive) return std::nullopt;
  const std::size_t positive = *outcomes.positive;
  const auto trials =
      metric.measure == Measure::precision ? matrix.predicted_total(positive) : matrix.true_total(positive);
  return wilson_interval(static_cast<double>(matrix.count(positive, positive)), static_cast<double>(trials),
                         confidence);
}

}  // namespace

ConfusionMatrix Outcomes::confusion() const {
  return ConfusionMatrix::of(truth, predicted, classes.size());
}

std::vector<char> Outcomes::positives() const {
  std::vector<char> positive_rows(truth.size());
  const int wanted = positive ? static_cast<int>(*positive) : -1;
  std::transform(truth.begin(), truth.end(), positive_rows.begin(),
                 [wanted](int each) { return static_cast<char>(each == wanted); });
  return positive_rows;
}

Outcomes Outcomes::rows_of(const std::vector<std::size_t>& numbers) const {
  Outcomes part;
  part.rows = numbers.size();
  part.classes = classes;
  part.positive = positive;
  part.truth = picked(truth, numbers);
  part.predicted = picked(predicted, numbers);
  part.scores = picked(scores, numbers);
  part.true_values = picked(true_values, numbers);
  part.predicted_values = picked(predicted_values, numbers);
  if (class_scores.empty()) return part;
  const std::size_t width = classes.size();
  for (const std::size_t number : numbers) {
    const auto row = class_scores.begin() + static_cast<std::ptrdiff_t>(number * width);
    part.class_scores.insert(part.class_scores.end(), row, row + static_cast<std::ptrdiff_t>(width));
  }
  return part;
}

std::optional<std::string> lacks(const Metric& metric, const Outcomes& outcomes) {
  const Needs needed = needs(metric.measure);
  if (needed == Needs::numbers)
    return outcomes.regression() ? std::nullopt : std::optional<std::string>("needs numbers to predict");
  if (outcomes.regression()) return "needs classes to predict, and these are numbers";
  const bool binary = metric.has_average() && metric.average == Average::binary;
  if (needed == Needs::classes && outcomes.predicted.empty() && outcomes.rows > 0)
    return "needs a prediction column";
  if (needed == Needs::score && outcomes.scores.empty() && outcomes.rows > 0) return "needs a score column";
  if (needed == Needs::class_scores && outcomes.class_scores.empty() && outcomes.rows > 0)
    return "needs a score column for each class";
  if (needed == Needs::any_scores && outcomes.scores.empty() && outcomes.class_scores.empty() &&
      outcomes.rows > 0)
    return "needs a score column";
  if (!binary && needed != Needs::score) return std::nullopt;
  if (!outcomes.positive) return "needs a positive class";
  if (outcomes.classes.size() <= 2) return std::nullopt;
  return "is of two classes, and there are " + std::to_string(outcomes.classes.size()) +
         (binary ? "; say average: micro, macro or weighted" : "");
}

double evaluate(const Metric& metric, const Outcomes& outcomes) {
  if (const auto reason = lacks(metric, outcomes))
    throw base::Error(base::ErrorKind::input, metric.name() + " " + *reason);
  switch (needs(metric.measure)) {
    case Needs::classes:
      return evaluate_classes(metric, outcomes);
    case Needs::numbers:
      return evaluate_numbers(metric, outcomes);
    default:
      return evaluate_scores(metric, outcomes);
  }
}

std::optional<Interval> confidence_interval(const Metric& metric, const Outcomes& outcomes,
                                            double confidence) {
  if (lacks(metric, outcomes)) return std::nullopt;
  switch (metric.measure) {
    case Measure::accuracy:
    case Measure::precision:
    case Measure::recall:
      return share_interval(metric, outcomes, confidence);
    case Measure::roc_auc:
      return delong_interval(outcomes.positives(), outcomes.scores, confidence);
    default:
      return std::nullopt;
  }
}

}  // namespace stats
