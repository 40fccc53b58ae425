#include <limits>

#include "base/text.hpp"
#include "stats/metric.hpp"

namespace stats {
namespace {

std::string plain_formula(const Metric& metric) {
  switch (metric.measure) {
    case Measure::accuracy:
      return "correct / rows";
    case Measure::balanced_accuracy:
      return "mean of the recall of each true class";
    case Measure::precision:
      return "tp / (tp + fp)";
    case Measure::recall:
      return "tp / (tp + fn)";
    case Measure::f_beta:
      if (metric.beta == 1) return "2 tp / (2 tp + fn + fp)";
      return "(1 + b²) tp / ((1 + b²) tp + b² fn + fp), b = " + base::to_text(metric.beta);
    case Measure::matthews_correlation:
      return "Matthews correlation (Gorodkin's R_K)";
    case Measure::cohen_kappa:
      return "1 - observed / expected disagreement";
    case Measure::roc_auc:
      return "area under the ROC curve, ties half";
    case Measure::roc_auc_ovr:
      return "mean area under the ROC curve, each class against the rest";
    case Measure::roc_auc_ovo:
      return "mean area under the ROC curve of each pair of classes";
    case Measure::average_precision:
      return "sum of recall steps times precision, no interpolation";
    case Measure::log_loss:
      return "mean of -ln p(truth), p at least 2.22e-16";
    case Measure::brier_score:
      return "mean of (p - y)²";
    case Measure::r_squared:
      return "1 - residual / total sum of squares";
    case Measure::mean_absolute_error:
      return "mean of |y - ŷ|";
    case Measure::mean_squared_error:
      return "mean of (y - ŷ)²";
    case Measure::root_mean_squared_error:
      return "root of the mean of (y - ŷ)²";
    case Measure::mean_absolute_percentage_error:
      return "mean of |y - ŷ| / |y|, a fraction";
  }
  return "";
}

}  // namespace

std::string Metric::formula() const {
  const bool of_classes = measure == Measure::roc_auc_ovr || measure == Measure::roc_auc_ovo;
  std::string text = plain_formula(*this);
  if (!has_average() && !of_classes) return text;
  switch (average) {
    case Average::micro:
      return text + ", micro average";
    case Average::macro:
      return of_classes ? text : text + ", macro average";
    case Average::weighted:
      return text + ", weighted by class";
    default:
      return text;
  }
}

Interval Metric::range() const {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (direction() == Direction::lower_is_better) return {0, measure == Measure::brier_score ? 1 : infinity};
  if (measure == Measure::r_squared) return {-infinity, 1};
  const bool correlation = measure == Measure::matthews_correlation || measure == Measure::cohen_kappa;
  return {correlation ? -1.0 : 0.0, 1};
}

Direction Metric::direction() const {
  switch (measure) {
    case Measure::log_loss:
    case Measure::brier_score:
    case Measure::mean_absolute_error:
    case Measure::mean_squared_error:
    case Measure::root_mean_squared_error:
    case Measure::mean_absolute_percentage_error:
      return Direction::lower_is_better;
    default:
      return Direction::higher_is_better;
  }
}

}  // namespace stats
