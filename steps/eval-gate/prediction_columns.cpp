#include <algorithm>

#include "predictions.hpp"

namespace eval_gate {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

Task parse_task(const base::YamlValue& value) {
  if (value.text() == "classification") return Task::classification;
  if (value.text() == "regression") return Task::regression;
  throw value.error("'" + value.text() + "' is not a task; expected classification or regression");
}

std::string text_or(const base::YamlValue& value, std::string_view key, std::string fallback) {
  const auto found = value.find(key);
  return found ? found->text() : std::move(fallback);
}

std::vector<std::string> texts_or_none(const base::YamlValue& value, std::string_view key) {
  const auto found = value.find(key);
  return found ? found->texts() : std::vector<std::string>{};
}

void parse_scores(const base::YamlValue& value, PredictionColumns& columns) {
  columns.score = text_or(value, "score", "");
  if (const auto scores = value.find("scores")) {
    if (!columns.score.empty()) throw scores->error("'score' and 'scores' exclude each other");
    for (const auto& [label, column] : scores->entries()) columns.scores[label] = column.text();
    if (columns.scores.size() < 2) throw scores->error("expected a column for each of two classes or more");
  }
  if (const auto threshold = value.find("threshold")) {
    columns.threshold = threshold->number();
    if (!(columns.threshold >= 0 && columns.threshold <= 1))
      throw threshold->error("the threshold must be from 0 to 1");
  }
}

void check_regression(const base::YamlValue& value, const PredictionColumns& columns) {
  if (columns.prediction.empty()) throw value.error("regression needs 'prediction', the predicted column");
  for (const auto* key : {"score", "scores", "threshold", "positive", "labels"}) {
    if (const auto found = value.find(key))
      throw found->error("'" + std::string(key) + "' has no meaning for regression");
  }
}

}  // namespace

std::vector<std::string> PredictionColumns::group_columns() const {
  std::vector<std::string> all = sensitive;
  for (const auto& column : slices) {
    if (!contains(all, column)) all.push_back(column);
  }
  return all;
}

bool PredictionColumns::has_group(const std::string& column) const {
  return contains(sensitive, column) || contains(slices, column);
}

PredictionColumns parse_prediction_columns(const base::YamlValue& value) {
  value.reject_unknown_keys({"task", "label", "prediction", "score", "scores", "threshold", "positive",
                             "labels", "sensitive", "slices"});
  PredictionColumns columns;
  if (const auto task = value.find("task")) columns.task = parse_task(*task);
  columns.label = text_or(value, "label", columns.label);
  columns.prediction = text_or(value, "prediction", "");
  parse_scores(value, columns);
  if (const auto positive = value.find("positive")) columns.positive = positive->text();
  columns.labels = texts_or_none(value, "labels");
  columns.sensitive = texts_or_none(value, "sensitive");
  columns.slices = texts_or_none(value, "slices");
  if (columns.task == Task::regression) {
    check_regression(value, columns);
  } else if (columns.prediction.empty() && columns.score.empty() && columns.scores.empty()) {
    throw value.error("expected 'prediction', 'score' or 'scores', the columns that the model filled");
  }
  if (columns.positive && !columns.labels.empty() && !contains(columns.labels, *columns.positive))
    throw value.at("positive").error("the positive class is not among 'labels'");
  return columns;
}

}  // namespace eval_gate
