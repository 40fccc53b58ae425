// The gate kind `metric`: a figure of the predictions, or of a metrics file, within bounds; on demand also
// for each slice.
//
// Errors: Error{input} from parsing and for predictions that lack what the metric needs.   Threads: one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evidence.hpp"
#include "gate_keys.hpp"

namespace eval_gate {

// The values of one column, each judged by itself.
struct SliceRule {
  std::string column;
  std::vector<std::string> values;  // these must occur; empty: all that occur
  Bounds bounds;                    // the gate's own when not given
  std::uint64_t min_samples = 1;    // a slice with fewer rows fails when named, else is not judged
};

// Where the figure comes from.
enum class Source { predictions, metrics_file };

struct MetricGate {
  MetricChoice metric;
  std::optional<Source> from;
  Bounds bounds;
  std::vector<SliceRule> slices;
  std::uint64_t min_samples = 1;
  double confidence = 0.95;

  // `from`, else the predictions where these were given and the metric is known.
  Source source(bool has_predictions) const;
};

MetricGate parse_metric_gate(const base::YamlValue& value);
GateAnswer judge(const MetricGate& gate, const Evidence& evidence);

// The metric of some rows, with samples, formula and interval, against bounds; `subject` names the rows.
std::vector<Check> metric_checks(const stats::Metric& metric, const stats::Outcomes& outcomes,
                                 const Bounds& bounds, double confidence);

}  // namespace eval_gate
