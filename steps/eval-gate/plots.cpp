#include "plots.hpp"

#include <algorithm>
#include <cmath>

#include "base/html.hpp"
#include "stats/probability.hpp"
#include "stats/ranking.hpp"

namespace eval_gate {
namespace {

constexpr std::size_t most_points = 500;
constexpr std::size_t most_classes = 30;

// At most `most_points` points, the last one kept.
template <class T>
std::vector<T> thinned(const std::vector<T>& points) {
  if (points.size() <= most_points) return points;
  std::vector<T> kept;
  const double step = static_cast<double>(points.size() - 1) / static_cast<double>(most_points - 1);
  for (std::size_t i = 0; i < most_points; ++i)
    kept.push_back(points[static_cast<std::size_t>(std::llround(static_cast<double>(i) * step))]);
  return kept;
}

std::string confusion_table(const stats::Outcomes& outcomes) {
  const auto matrix = outcomes.confusion();
  if (matrix.classes() > most_classes) return "";
  base::HtmlTable table;
  table.header.emplace_back("truth \\ predicted");
  for (const auto& name : outcomes.classes) table.header.push_back(name);
  for (std::size_t truth = 0; truth < matrix.classes(); ++truth) {
    std::vector<std::string> row{outcomes.classes[truth]};
    for (std::size_t predicted = 0; predicted < matrix.classes(); ++predicted)
      row.push_back(std::to_string(matrix.count(truth, predicted)));
    table.rows.push_back(std::move(row));
  }
  return "<h3>Confusion matrix</h3>" + base::html_table(table);
}

base::LineSeries diagonal(const std::string& name) {
  return {.name = name, .x = {0, 1}, .y = {0, 1}, .style = base::LineStyle::dashed};
}

std::string roc_chart(const std::vector<stats::Operating>& points) {
  base::LineSeries curve{.name = "model", .x = {0}, .y = {0}};
  const auto& all = points.back();
  for (const auto& point : points) {
    curve.x.push_back(point.false_positives / all.false_positives);
    curve.y.push_back(point.true_positives / all.true_positives);
  }
  return base::svg_line_chart({.title = "ROC curve",
                               .x_label = "false positive rate",
                               .y_label = "true positive rate",
                               .series = {curve, diagonal("chance")}});
}

std::string precision_recall_chart(const std::vector<stats::Operating>& points) {
  base::LineSeries curve{.name = "model"};
  const auto& all = points.back();
  for (const auto& point : points) {
    curve.x.push_back(point.true_positives / all.true_positives);
    curve.y.push_back(point.true_positives / (point.true_positives + point.false_positives));
  }
  const double share = all.true_positives / (all.true_positives + all.false_positives);
  const base::LineSeries chance{
      .name = "chance", .x = {0, 1}, .y = {share, share}, .style = base::LineStyle::dashed};
  return base::svg_line_chart({.title = "Precision and recall",
                               .x_label = "recall",
                               .y_label = "precision",
                               .series = {curve, chance}});
}

std::string calibration_chart(const stats::Outcomes& outcomes) {
  const bool probabilities = std::all_of(outcomes.scores.begin(), outcomes.scores.end(),
                                         [](double score) { return score >= 0 && score <= 1; });
  if (!probabilities) return "";
  base::LineSeries curve{.name = "model"};
  for (const auto& bin : stats::calibration_curve(outcomes.positives(), outcomes.scores)) {
    curve.x.push_back(bin.mean_probability);
    curve.y.push_back(bin.positive_share);
  }
  return base::svg_line_chart({.title = "Calibration",
                               .x_label = "mean predicted probability",
                               .y_label = "share of positive rows",
                               .series = {curve, diagonal("perfect")}});
}

std::string score_charts(const stats::Outcomes& outcomes) {
  if (outcomes.scores.empty() || !outcomes.positive) return "";
  const auto points = thinned(stats::operating_points(outcomes.positives(), outcomes.scores));
  const bool both = points.back().true_positives > 0 && points.back().false_positives > 0;
  return (both ? roc_chart(points) + precision_recall_chart(points) : "") + calibration_chart(outcomes);
}

std::string regression_chart(const stats::Outcomes& outcomes) {
  std::vector<std::size_t> order(outcomes.true_values.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return outcomes.true_values[a] < outcomes.true_values[b]; });
  base::LineSeries predicted{.name = "predicted"};
  for (const std::size_t row : thinned(order)) {
    predicted.x.push_back(outcomes.true_values[row]);
    predicted.y.push_back(outcomes.predicted_values[row]);
  }
  base::LineSeries truth{
      .name = "perfect", .x = predicted.x, .y = predicted.x, .style = base::LineStyle::dashed};
  return base::svg_line_chart({.title = "Predicted against true values",
                               .x_label = "true value",
                               .y_label = "predicted value",
                               .series = {predicted, truth}});
}

// The outline of a histogram: up and down at each edge.
base::LineSeries outline(const std::vector<double>& sorted, double low, double high) {
  constexpr std::size_t bins = 40;
  const double width = (high - low) / bins;
  std::vector<double> counts(bins);
  for (const double value : sorted) {
    const auto bin = static_cast<std::size_t>(width > 0 ? (value - low) / width : 0);
    counts[std::min(bin, bins - 1)] += 1;
  }
  base::LineSeries series{.name = "answers", .x = {low}, .y = {0}};
  for (std::size_t i = 0; i < bins; ++i) {
    for (const double edge :
         {low + static_cast<double>(i) * width, low + static_cast<double>(i + 1) * width}) {
      series.x.push_back(edge);
      series.y.push_back(counts[i]);
    }
  }
  series.x.push_back(high);
  series.y.push_back(0);
  return series;
}

}  // namespace

std::string prediction_plots(const stats::Outcomes& outcomes) {
  if (outcomes.regression()) return regression_chart(outcomes);
  return confusion_table(outcomes) + score_charts(outcomes);
}

std::string shift_plot(const GateAnswer& gate) {
  base::BarChart chart{.title = "Shift of the mean, in standard deviations of the training values"};
  for (const auto& check : gate.checks) {
    if (check.unit != "sigma" || !check.value) continue;
    const std::string name = check.subject.substr(check.subject.find(' ') + 1);
    chart.labels.push_back(name);
    chart.values.push_back(*check.value);
    chart.reference = check.bound;
    if (check.status != Status::pass) chart.highlighted.push_back(name);
  }
  return chart.labels.empty() ? "" : base::svg_bar_chart(chart);
}

std::string latency_plot(const GateAnswer& gate) {
  if (gate.latencies_ms.empty()) return "";
  const auto& sorted = gate.latencies_ms;
  const double high = sorted.back();
  const auto answers = outline(sorted, sorted.front(), high > sorted.front() ? high : sorted.front() + 1);
  base::LineChart chart{.title = "Time since the scheduled send",
                        .x_label = "milliseconds",
                        .y_label = "answers",
                        .series = {answers}};
  const double top = *std::max_element(answers.y.begin(), answers.y.end());
  const auto limit = gate.checks.front().bound;
  if (limit)
    chart.series.push_back(
        {.name = "limit", .x = {*limit, *limit}, .y = {0, top}, .style = base::LineStyle::dashed});
  return base::svg_line_chart(chart);
}

}  // namespace eval_gate
