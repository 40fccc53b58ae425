#include "predictions.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/text.hpp"
#include "data/columns.hpp"

namespace eval_gate {
namespace {

using base::Error;
using base::ErrorKind;

using Texts = std::vector<std::string>;

// A table's columns by name.
class Table {
 public:
  Table(const std::filesystem::path& path, const Texts& names) : file_(path.string()) {
    for (auto& column : data::read_columns(path, names)) columns_.emplace(column.name, std::move(column));
  }

  const data::ColumnValues& column(const std::string& name) const { return columns_.at(name); }

  Texts texts(const std::string& name) const {
    Texts values;
    for (auto& value : column(name).as_texts()) {
      if (!value) throw empty_cell(name, values.size());
      values.push_back(std::move(*value));
    }
    return values;
  }

  std::vector<double> numbers(const std::string& name) const {
    if (!column(name).numeric())
      throw Error(ErrorKind::input, file_ + ": column '" + name + "' holds text; expected numbers");
    std::vector<double> values;
    for (const auto& value : column(name).numbers) {
      if (!value) throw empty_cell(name, values.size());
      if (!std::isfinite(*value)) throw not_finite(name, values.size(), *value);
      values.push_back(*value);
    }
    return values;
  }

  const std::string& file() const { return file_; }

 private:
  Error empty_cell(const std::string& name, std::size_t row) const {
    return Error(ErrorKind::input, file_ + ": column '" + name + "' is empty in row " +
                                       std::to_string(row + 1) + "; drop such rows or fill them");
  }
  Error not_finite(const std::string& name, std::size_t row, double value) const {
    return Error(ErrorKind::input, file_ + ": column '" + name + "' is " + base::to_text(value) + " in row " +
                                       std::to_string(row + 1) + "; expected a finite number");
  }

  std::string file_;
  std::map<std::string, data::ColumnValues> columns_;
};

Texts needed_columns(const PredictionColumns& columns) {
  std::set<std::string> names{columns.label};
  if (!columns.prediction.empty()) names.insert(columns.prediction);
  if (!columns.score.empty()) names.insert(columns.score);
  for (const auto& [label, column] : columns.scores) names.insert(column);
  for (const auto& column : columns.group_columns()) names.insert(column);
  return {names.begin(), names.end()};
}

// A label as the gate file writes it, in the form that data::ColumnValues::as_texts gives: 1 for 1.0, and 1
// for true where the column holds true and false.
std::string label_text(const std::string& text, const data::ColumnValues& column) {
  if (!column.numeric()) return text;
  if (column.type == data::ColumnType::boolean && text == "true") return "1";
  if (column.type == data::ColumnType::boolean && text == "false") return "0";
  const auto number = base::parse_double(text);
  if (!number || std::trunc(*number) != *number || std::abs(*number) >= 9e15) return text;
  return std::to_string(static_cast<long long>(*number));
}

// Numbers by value, when all are; else by bytes.
void sort_classes(Texts& classes) {
  const bool numeric = std::all_of(classes.begin(), classes.end(),
                                   [](const auto& each) { return base::parse_double(each).has_value(); });
  if (!numeric) return std::sort(classes.begin(), classes.end());
  std::sort(classes.begin(), classes.end(),
            [](const auto& a, const auto& b) { return *base::parse_double(a) < *base::parse_double(b); });
}

// The classes of one evaluation and their numbers.
class Classes {
 public:
  explicit Classes(const std::set<std::string>& found) : names_(found.begin(), found.end()) {
    sort_classes(names_);
    for (std::size_t i = 0; i < names_.size(); ++i) numbers_[names_[i]] = static_cast<int>(i);
  }
  const Texts& names() const { return names_; }
  bool has(const std::string& name) const { return numbers_.count(name) != 0; }
  int number(const std::string& name) const { return numbers_.at(name); }
  std::vector<int> numbers(const Texts& labels) const {
    std::vector<int> coded;
    coded.reserve(labels.size());
    for (const auto& label : labels) coded.push_back(number(label));
    return coded;
  }

 private:
  Texts names_;
  std::map<std::string, int> numbers_;
};

void check_allowed(const Texts& found, const std::string& name, const Texts& allowed, const Table& table) {
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (std::find(allowed.begin(), allowed.end(), found[i]) != allowed.end()) continue;
    throw Error(ErrorKind::input, table.file() + ": column '" + name + "' is '" +
                                      base::printable(found[i], 100) + "' in row " + std::to_string(i + 1) +
                                      "; the labels are " + base::join(allowed, ", "));
  }
}

// Without a declared positive class it is 1, as in scikit-learn; the other class of a lone 1 is 0.
std::optional<std::string> positive_class(const PredictionColumns& columns, const Table& table,
                                          const std::set<std::string>& found) {
  if (columns.positive) {
    const auto label = label_text(*columns.positive, table.column(columns.label));
    if (found.count(label) != 0 || found.size() <= 1) return label;
    throw Error(ErrorKind::input, table.file() + ": the positive class '" + base::printable(label, 100) +
                                      "' does not occur; the classes are " +
                                      base::printable(base::join({found.begin(), found.end()}, ", "), 300));
  }
  const bool plain = found.count("1") != 0 || found == std::set<std::string>{"0"};
  return plain ? std::optional<std::string>("1") : std::nullopt;
}

// The class with the highest score; the first among equals, as NumPy's argmax.
std::vector<int> highest(const std::vector<double>& class_scores, std::size_t classes) {
  std::vector<int> best;
  for (std::size_t at = 0; at < class_scores.size(); at += classes) {
    const auto row = class_scores.begin() + static_cast<std::ptrdiff_t>(at);
    best.push_back(static_cast<int>(std::max_element(row, row + static_cast<std::ptrdiff_t>(classes)) - row));
  }
  return best;
}

std::vector<double> interleaved(const Table& table, const PredictionColumns& columns,
                                const Classes& classes) {
  std::vector<double> all(classes.names().size() * table.column(columns.label).size());
  for (const auto& [label, column] : columns.scores) {
    auto at = static_cast<std::size_t>(classes.number(label_text(label, table.column(columns.label))));
    for (const double value : table.numbers(column)) {
      all[at] = value;
      at += classes.names().size();
    }
  }
  return all;
}

std::set<std::string> all_labels(const PredictionColumns& columns, const Table& table, const Texts& truth,
                                 const Texts& predicted) {
  std::set<std::string> found(truth.begin(), truth.end());
  found.insert(predicted.begin(), predicted.end());
  if (columns.scores.empty()) return found;
  std::set<std::string> scored;
  for (const auto& [label, column] : columns.scores)
    scored.insert(label_text(label, table.column(columns.label)));
  for (const auto& label : found) {
    if (scored.count(label) != 0) continue;
    throw Error(ErrorKind::input, table.file() + ": class '" + base::printable(label, 100) +
                                      "' occurs but has no column under 'scores'");
  }
  return scored;
}

std::vector<int> predicted_from_scores(const stats::Outcomes& outcomes, double threshold,
                                       const std::string& file) {
  if (!outcomes.class_scores.empty()) return highest(outcomes.class_scores, outcomes.classes.size());
  if (!outcomes.positive || outcomes.classes.size() != 2)
    throw Error(ErrorKind::input, file +
                                      ": a score needs two classes, one of them positive; the classes are " +
                                      base::printable(base::join(outcomes.classes, ", "), 300) +
                                      "; name the positive one under 'positive'");
  const int positive = static_cast<int>(*outcomes.positive);
  std::vector<int> predicted;
  for (const double score : outcomes.scores)
    predicted.push_back(score >= threshold ? positive : 1 - positive);
  return predicted;
}

void read_classes(const PredictionColumns& columns, const Table& table, stats::Outcomes& outcomes) {
  const auto truth = table.texts(columns.label);
  const auto predicted = columns.prediction.empty() ? Texts{} : table.texts(columns.prediction);
  Texts allowed;
  for (const auto& label : columns.labels) allowed.push_back(label_text(label, table.column(columns.label)));
  if (!allowed.empty()) {
    check_allowed(truth, columns.label, allowed, table);
    check_allowed(predicted, columns.prediction, allowed, table);
  }
  auto found = all_labels(columns, table, truth, predicted);
  found.insert(allowed.begin(), allowed.end());
  const auto positive = positive_class(columns, table, found);
  if (positive) found.insert(*positive);
  if (positive == "1" && found.size() == 1) found.insert("0");
  const Classes classes(found);
  outcomes.classes = classes.names();
  if (positive) outcomes.positive = static_cast<std::size_t>(classes.number(*positive));
  outcomes.truth = classes.numbers(truth);
  outcomes.predicted = classes.numbers(predicted);
  if (!columns.score.empty()) outcomes.scores = table.numbers(columns.score);
  if (!columns.scores.empty()) outcomes.class_scores = interleaved(table, columns, classes);
  if (columns.prediction.empty() && outcomes.rows > 0)
    outcomes.predicted = predicted_from_scores(outcomes, columns.threshold, table.file());
}

Texts group_values(const data::ColumnValues& column) {
  Texts values;
  for (auto& value : column.as_texts()) values.push_back(value ? std::move(*value) : "(missing)");
  return values;
}

}  // namespace

std::vector<Group> Predictions::grouped_by(const std::vector<std::string>& columns) const {
  std::map<std::string, Group> found;
  for (std::size_t row = 0; row < outcomes.rows; ++row) {
    if (row % 65'536 == 0) base::check_interrupt();
    Group group;
    for (const auto& column : columns) {
      const auto& value = groups.at(column)[row];
      group.name += (group.name.empty() ? "" : ", ") + column + "=" + value;
      group.values += (group.values.empty() ? "" : ", ") + value;
    }
    const auto key = group.name;
    auto& known = found[key];
    if (known.rows.empty()) known = std::move(group);
    known.rows.push_back(row);
    if (found.size() > 10'000)
      throw Error(ErrorKind::input, "more than 10000 groups by " + base::join(columns, ", ") +
                                        "; expected a column of few values");
  }
  std::vector<Group> list;
  list.reserve(found.size());
  for (auto& [name, group] : found) list.push_back(std::move(group));
  return list;
}

Predictions read_predictions(const std::filesystem::path& path, const PredictionColumns& columns) {
  const Table table(path, needed_columns(columns));
  Predictions predictions;
  auto& outcomes = predictions.outcomes;
  outcomes.rows = table.column(columns.label).size();
  if (outcomes.rows == 0)
    throw Error(ErrorKind::input, table.file() + " has no rows; expected predictions to judge");
  if (columns.task == Task::regression) {
    outcomes.true_values = table.numbers(columns.label);
    outcomes.predicted_values = table.numbers(columns.prediction);
  } else {
    read_classes(columns, table, outcomes);
  }
  for (const auto& name : columns.group_columns())
    predictions.groups[name] = group_values(table.column(name));
  return predictions;
}

}  // namespace eval_gate
