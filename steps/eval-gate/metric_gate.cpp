#include "metric_gate.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"

namespace eval_gate {
namespace {

SliceRule parse_slice(const base::YamlValue& value, const MetricGate& gate) {
  value.reject_unknown_keys({"by", "values", "min", "max", "min-samples"});
  SliceRule rule;
  rule.column = value.at("by").text();
  if (const auto values = value.find("values")) rule.values = values->texts();
  rule.bounds = parse_bounds(value, gate.metric.range());
  if (!rule.bounds.any()) rule.bounds = gate.bounds;
  rule.min_samples = count_key(value, "min-samples", 1, 1);
  return rule;
}

Source parse_source(const base::YamlValue& value) {
  if (value.text() == "predictions") return Source::predictions;
  if (value.text() == "metrics") return Source::metrics_file;
  throw value.error("'" + base::printable(value.text(), 100) + "' is not predictions or metrics");
}

void check_source(const base::YamlValue& value, const MetricGate& gate) {
  if (gate.from == Source::predictions && !gate.metric.known) {
    throw value.at("metric").error("'" + base::printable(gate.metric.written, 100) +
                                   "' is not a metric of predictions" +
                                   base::did_you_mean_hint(gate.metric.written, stats::metric_names()));
  }
  const bool of_rows = !gate.slices.empty() || value.find("min-samples");
  if (of_rows && (gate.from == Source::metrics_file || !gate.metric.known))
    throw value.at("metric").error("'slices' and 'min-samples' need a metric of predictions" +
                                   base::did_you_mean_hint(gate.metric.written, stats::metric_names()));
}

std::string undefined_reason(const stats::Metric& metric, const stats::Outcomes& outcomes) {
  if (outcomes.regression()) return metric.name() + " is undefined on so few rows";
  const auto matrix = outcomes.confusion();
  int classes = 0;
  for (std::size_t i = 0; i < matrix.classes(); ++i)
    classes +=
        std::find(outcomes.truth.begin(), outcomes.truth.end(), static_cast<int>(i)) != outcomes.truth.end()
            ? 1
            : 0;
  return metric.name() + " is undefined: " +
         (classes == 1 ? "all rows are of one class" : "it does not exist for these rows");
}

std::vector<Check> slice_checks(const MetricGate& gate, const SliceRule& rule, const Predictions& predictions,
                                GateAnswer& answer) {
  std::vector<Check> checks;
  std::vector<std::string> seen;
  for (const auto& group : predictions.grouped_by({rule.column})) {
    const bool named = std::find(rule.values.begin(), rule.values.end(), group.values) != rule.values.end();
    if (!rule.values.empty() && !named) continue;
    seen.push_back(group.values);
    const std::string subject = "slice " + group.name;
    if (group.rows.size() < rule.min_samples) {
      const std::string few = std::to_string(group.rows.size()) + " rows; at least " +
                              std::to_string(rule.min_samples) + " are demanded";
      if (named) checks.push_back(failed(subject, few));
      if (!named) answer.notes.push_back(subject + " is not judged: " + few);
      continue;
    }
    for (auto& check : metric_checks(*gate.metric.known, predictions.outcomes.rows_of(group.rows),
                                     rule.bounds, gate.confidence)) {
      check.subject = subject;
      checks.push_back(std::move(check));
    }
  }
  for (const auto& value : rule.values) {
    if (std::find(seen.begin(), seen.end(), value) == seen.end())
      checks.push_back(failed("slice " + rule.column + "=" + value, "no row of this slice"));
  }
  return checks;
}

void judge_predictions(const MetricGate& gate, const Evidence& evidence, GateAnswer& answer) {
  const auto& predictions = evidence.predictions();
  answer.checks = metric_checks(*gate.metric.known, predictions.outcomes, gate.bounds, gate.confidence);
  answer.figure = answer.checks.front().value;
  if (predictions.outcomes.rows < gate.min_samples) {
    answer.checks.push_back(failed("rows", std::to_string(predictions.outcomes.rows) + " rows; at least " +
                                               std::to_string(gate.min_samples) + " are demanded"));
  }
  for (const auto& rule : gate.slices) {
    for (auto& check : slice_checks(gate, rule, predictions, answer))
      answer.checks.push_back(std::move(check));
  }
}

void judge_file(const MetricGate& gate, const Evidence& evidence, GateAnswer& answer) {
  const auto& figures = evidence.metrics();
  const auto value = find_figure(figures, gate.metric);
  if (!value) {
    std::vector<std::string> names;
    for (const auto& [name, figure] : figures) names.push_back(name);
    answer.checks.push_back(failed("", "the metrics file has no '" + gate.metric.written + "'" +
                                           base::did_you_mean_hint(gate.metric.written, names)));
    return;
  }
  answer.checks = gate.bounds.checks(*value);
  answer.figure = *value;
}

}  // namespace

Source MetricGate::source(bool has_predictions) const {
  if (from) return *from;
  return has_predictions && metric.known ? Source::predictions : Source::metrics_file;
}

MetricGate parse_metric_gate(const base::YamlValue& value) {
  reject_unknown_gate_keys(value, {"metric", "average", "beta", "greater-is-better", "from", "min", "max",
                                   "slices", "min-samples", "confidence"});
  MetricGate gate;
  gate.metric = parse_metric_choice(value);
  gate.bounds = parse_bounds(value, gate.metric.range());
  if (!gate.bounds.any()) throw value.error("expected 'min' or 'max'");
  if (const auto from = value.find("from")) gate.from = parse_source(*from);
  if (const auto slices = value.find("slices")) {
    for (const auto& slice : slices->items()) gate.slices.push_back(parse_slice(slice, gate));
  }
  gate.min_samples = count_key(value, "min-samples", 1, 1);
  gate.confidence = number_key(value, "confidence", gate.confidence, {0.5, 0.9999});
  check_source(value, gate);
  if (!gate.slices.empty() || value.find("min-samples")) gate.from = Source::predictions;
  return gate;
}

std::vector<Check> metric_checks(const stats::Metric& metric, const stats::Outcomes& outcomes,
                                 const Bounds& bounds, double confidence) {
  const double value = stats::evaluate(metric, outcomes);
  auto checks = bounds.checks(value);
  for (auto& check : checks) {
    check.formula = metric.formula();
    check.samples = outcomes.rows;
    check.interval = stats::confidence_interval(metric, outcomes, confidence);
    if (std::isnan(value)) check.message = undefined_reason(metric, outcomes);
  }
  return checks;
}

GateAnswer judge(const MetricGate& gate, const Evidence& evidence) {
  GateAnswer answer;
  answer.metric = gate.metric.name;
  if (gate.source(evidence.has_predictions()) == Source::predictions) {
    judge_predictions(gate, evidence, answer);
  } else {
    judge_file(gate, evidence, answer);
  }
  return answer;
}

}  // namespace eval_gate
