#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "stats/metric.hpp"

namespace stats {
namespace {

struct Name {
  std::string_view name;
  Measure measure;
};

// The first name of each measure is the canonical one. MLflow's precision_recall_auc is the average
// precision (mlflow.models.evaluation, classifier evaluator).
constexpr std::array names{
    Name{"accuracy", Measure::accuracy},
    Name{"accuracy_score", Measure::accuracy},
    Name{"balanced_accuracy", Measure::balanced_accuracy},
    Name{"balanced_accuracy_score", Measure::balanced_accuracy},
    Name{"precision", Measure::precision},
    Name{"precision_score", Measure::precision},
    Name{"recall", Measure::recall},
    Name{"recall_score", Measure::recall},
    Name{"f1", Measure::f_beta},
    Name{"f1_score", Measure::f_beta},
    Name{"fbeta", Measure::f_beta},
    Name{"fbeta_score", Measure::f_beta},
    Name{"matthews_corrcoef", Measure::matthews_correlation},
    Name{"mcc", Measure::matthews_correlation},
    Name{"cohen_kappa", Measure::cohen_kappa},
    Name{"cohen_kappa_score", Measure::cohen_kappa},
    Name{"kappa", Measure::cohen_kappa},
    Name{"roc_auc", Measure::roc_auc},
    Name{"roc_auc_score", Measure::roc_auc},
    Name{"roc_auc_ovr", Measure::roc_auc_ovr},
    Name{"roc_auc_ovo", Measure::roc_auc_ovo},
    Name{"average_precision", Measure::average_precision},
    Name{"average_precision_score", Measure::average_precision},
    Name{"precision_recall_auc", Measure::average_precision},
    Name{"log_loss", Measure::log_loss},
    Name{"brier_score_loss", Measure::brier_score},
    Name{"brier_score", Measure::brier_score},
    Name{"r2", Measure::r_squared},
    Name{"r2_score", Measure::r_squared},
    Name{"mean_absolute_error", Measure::mean_absolute_error},
    Name{"mae", Measure::mean_absolute_error},
    Name{"mean_squared_error", Measure::mean_squared_error},
    Name{"mse", Measure::mean_squared_error},
    Name{"root_mean_squared_error", Measure::root_mean_squared_error},
    Name{"rmse", Measure::root_mean_squared_error},
    Name{"mean_absolute_percentage_error", Measure::mean_absolute_percentage_error},
    Name{"mape", Measure::mean_absolute_percentage_error},
};

struct Suffix {
  std::string_view text;
  Average average;
};
constexpr std::array suffixes{
    Suffix{"_micro", Average::micro},
    Suffix{"_macro", Average::macro},
    Suffix{"_weighted", Average::weighted},
};

bool averages_over_classes(Measure measure) {
  return measure == Measure::precision || measure == Measure::recall || measure == Measure::f_beta;
}

bool multiclass_auc(Measure measure) {
  return measure == Measure::roc_auc_ovr || measure == Measure::roc_auc_ovo;
}

// scikit-learn's scorers are called roc_auc_ovr and roc_auc_ovr_weighted; there is no _micro here.
bool takes_suffix(Measure measure, Average average) {
  return averages_over_classes(measure) || (multiclass_auc(measure) && average != Average::micro);
}

std::optional<Metric> plain_metric(std::string_view name) {
  const auto found =
      std::find_if(names.begin(), names.end(), [&](const Name& each) { return each.name == name; });
  if (found == names.end()) return std::nullopt;
  Metric metric{found->measure};
  if (multiclass_auc(metric.measure)) metric.average = Average::macro;
  return metric;
}

std::string_view canonical(const Metric& metric) {
  if (metric.measure == Measure::f_beta && metric.beta != 1) return "fbeta";
  return std::find_if(names.begin(), names.end(),
                      [&](const Name& each) { return each.measure == metric.measure; })
      ->name;
}

}  // namespace

bool Metric::has_average() const {
  return averages_over_classes(measure);
}

std::string Metric::name() const {
  std::string name(canonical(*this));
  if (measure == Measure::f_beta && beta != 1) name += "_" + base::to_text(beta);
  const bool plain_auc = multiclass_auc(measure) && average == Average::macro;
  if (!takes_suffix(measure, average) || plain_auc) return name;
  for (const auto& suffix : suffixes) {
    if (suffix.average == average) name += suffix.text;
  }
  return name;
}

std::optional<Metric> find_metric(std::string_view name) {
  if (auto metric = plain_metric(name)) return metric;
  for (const auto& suffix : suffixes) {
    if (!name.ends_with(suffix.text)) continue;
    auto metric = plain_metric(name.substr(0, name.size() - suffix.text.size()));
    if (!metric || !takes_suffix(metric->measure, suffix.average)) continue;
    metric->average = suffix.average;
    return metric;
  }
  return std::nullopt;
}

const std::vector<std::string>& metric_names() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> made;
    for (const auto& each : names) {
      made.emplace_back(each.name);
      for (const auto& suffix : suffixes) {
        if (takes_suffix(each.measure, suffix.average))
          made.push_back(std::string(each.name) + std::string(suffix.text));
      }
    }
    return made;
  }();
  return all;
}

std::vector<Metric> classification_metrics() {
  std::vector<Metric> metrics{{Measure::accuracy}, {Measure::balanced_accuracy}};
  for (const Measure measure : {Measure::precision, Measure::recall, Measure::f_beta}) {
    for (const Average average : {Average::binary, Average::micro, Average::macro, Average::weighted})
      metrics.push_back({measure, average});
  }
  for (const Measure measure : {Measure::matthews_correlation, Measure::cohen_kappa, Measure::roc_auc})
    metrics.push_back({measure});
  for (const Measure measure : {Measure::roc_auc_ovr, Measure::roc_auc_ovo}) {
    for (const Average average : {Average::macro, Average::weighted}) metrics.push_back({measure, average});
  }
  for (const Measure measure : {Measure::average_precision, Measure::log_loss, Measure::brier_score})
    metrics.push_back({measure});
  return metrics;
}

std::vector<Metric> regression_metrics() {
  return {{Measure::r_squared},
          {Measure::mean_absolute_error},
          {Measure::mean_squared_error},
          {Measure::root_mean_squared_error},
          {Measure::mean_absolute_percentage_error}};
}

}  // namespace stats
