// Metrics: what a training says about itself, each name with the value it said last.
//
// Errors: see the functions.   Threads: an object belongs to one thread.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "train-launcher/pattern.hpp"

namespace train_launcher {

class Metrics {
 public:
  // Called with each value as it comes.
  std::function<void(const std::string& name, double value)> on_value;

  // The last value wins. A name beyond the thousandth new one is left out, with one warning: a log can hold
  // anything.
  void set(std::string_view name, double value);
  const std::map<std::string, double, std::less<>>& values() const { return values_; }
  // Not-a-number and infinities, which JSON cannot say, become null.
  base::Json to_json() const;

 private:
  std::map<std::string, double, std::less<>> values_;
  bool warned_ = false;
};

// "name=value" anywhere in the line ("epoch=3 loss=0.25, lr = 1e-3"), and a line that is one JSON object,
// whose numbers are metrics. Anything else is not a metric and no error.
void find_metrics(std::string_view line, Metrics& metrics);

// One group: the value, the pattern being written "NAME=REGEX". Two groups: the name and the value.
class MetricPattern {
 public:
  // Error{usage} when it has neither form.
  explicit MetricPattern(const Pattern& pattern);
  void find(std::string_view line, Metrics& metrics) const;

 private:
  std::string name_;
  Pattern pattern_;
};

// The numbers of a JSON object, or of YAML if the name ends in .yaml or .yml. Those of an object inside get
// the names joined by a dot; texts, lists and booleans are no metrics. Error{input} if it does not parse.
void read_metrics_file(const std::filesystem::path& path, Metrics& metrics);

}  // namespace train_launcher
