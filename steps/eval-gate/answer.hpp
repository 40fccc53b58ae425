// What the gates answered: checks, gates, and the verdict over all of them.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "stats/interval.hpp"
#include "stats/metric.hpp"

namespace eval_gate {

// From best to worst. `error`: it could not be computed, which is neither a yes nor a no.
enum class Status { pass, warn, fail, error };
// What a gate that does not hold means for the verdict.
enum class Severity { error, warn };
enum class Comparison { none, at_least, at_most };

std::string_view to_string(Status status);
std::string_view to_string(Severity severity);
std::string_view to_string(Comparison comparison);  // ">=", "<=", ""

// One thing that was compared: a metric, a slice, a column, a response.
struct Check {
  std::string subject;  // "slice sex=F", "column bmi"; empty for the gate's own figure
  Status status = Status::pass;
  std::optional<double> value;
  std::optional<double> bound;
  Comparison comparison = Comparison::none;
  std::string unit;     // "ms", "sigma"; empty for plain numbers
  std::string formula;  // how the value is computed
  std::optional<std::uint64_t> samples;
  std::optional<stats::Interval> interval;  // missing sides are infinite
  std::string message;

  // How far the value is on the good side of the bound; negative when it is not.
  std::optional<double> distance() const;
};

// `value` against an inclusive bound. A value that is not finite gives Status::error.
Check compare(double value, Comparison comparison, double bound);
// A check without a figure.
Check passed(std::string subject, std::string message);
Check failed(std::string subject, std::string message);
Check not_computed(std::string subject, std::string message);

// "0.8371 >= 0.8", with the unit.
std::string figure_text(const Check& check);
// All about it in one line: "slice sex=F: 0.71 >= 0.8 does not hold, off by 0.09 (n = 120, 0.62 to 0.79)".
std::string explained(const Check& check);
// Six significant digits, for people.
std::string short_number(double value);

struct GateAnswer {
  std::string name;
  std::string kind;
  Severity severity = Severity::error;
  Status status = Status::pass;  // of the worst check; a fail of severity warn is a warn
  std::string metric;            // the canonical name, for gates of one metric
  std::optional<double> figure;  // the candidate's, for these
  std::vector<Check> checks;     // never empty
  std::vector<std::string> notes;
  std::vector<double> latencies_ms;  // of a latency gate, sorted

  // The check that decided: the first of the worst status.
  const Check& deciding() const;
};

// Sets the status from the checks and the severity.
GateAnswer concluded(GateAnswer answer);

struct Report {
  Status verdict = Status::pass;
  base::Time created{};
  std::string model_digest;  // empty when not given
  std::string headline;      // the name of a gate
  std::vector<GateAnswer> gates;
  std::map<std::string, double> metrics;      // of the candidate, by canonical name; finite ones only
  const stats::Outcomes* outcomes = nullptr;  // of the predictions, for the plots; none when unread

  const GateAnswer* headline_gate() const;
  std::uint64_t count(Status status) const;
  // The names of the gates that fail or could not be computed.
  std::vector<std::string> failed_names() const;
};

// The worst of all gates, where an error of severity warn counts as a warning.
Status verdict_of(const std::vector<GateAnswer>& gates);

}  // namespace eval_gate
