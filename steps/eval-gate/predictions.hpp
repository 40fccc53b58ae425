// Predictions: the rows that a model was judged on, with what was true, what it said, and the groups that
// each row belongs to.
//
// Errors: Error{input} for a column that is missing, empty cells among labels and predictions, a label
// outside the declared set, a score that is no number.   Threads: values.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/yaml.hpp"
#include "stats/metric.hpp"

namespace eval_gate {

enum class Task { classification, regression };

// Which columns say what: the `predictions` part of a gate file.
struct PredictionColumns {
  Task task = Task::classification;
  std::string label = "label";
  std::string prediction;                     // empty: from the scores
  std::string score;                          // probability of the positive class; empty: none
  std::map<std::string, std::string> scores;  // class to column, for more than two classes
  double threshold = 0.5;                     // without a prediction column: positive from this score on
  std::optional<std::string> positive;        // missing: 1, where there is such a class
  std::vector<std::string> labels;            // the only ones allowed; empty: any
  std::vector<std::string> sensitive;
  std::vector<std::string> slices;

  std::vector<std::string> group_columns() const;  // sensitive and slices, each once
  bool has_group(const std::string& column) const;
};
PredictionColumns parse_prediction_columns(const base::YamlValue& value);

// A group of rows: one value of one column, or one of each of several.
struct Group {
  std::string name;    // "sex=F", "sex=F, age=old"
  std::string values;  // "F", "F, old"
  std::vector<std::size_t> rows;
};

struct Predictions {
  stats::Outcomes outcomes;
  std::map<std::string, std::vector<std::string>> groups;  // column to value per row; "(missing)" for null

  // The combinations that occur, in the order of their names.
  std::vector<Group> grouped_by(const std::vector<std::string>& columns) const;
};

// Reads CSV, TSV, Parquet or NDJSON.
Predictions read_predictions(const std::filesystem::path& path, const PredictionColumns& columns);

}  // namespace eval_gate
