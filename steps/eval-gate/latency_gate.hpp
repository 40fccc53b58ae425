// The gate kind `latency`: a percentile of the answer time under a load of fixed rate, with the errors and
// the rate that was really sent.
//
// Errors: Error{input} from parsing. What the endpoint does wrong is a failed check.   Threads: one.
#pragma once

#include <string>
#include <vector>

#include "endpoint.hpp"
#include "evidence.hpp"
#include "load_generator.hpp"

namespace eval_gate {

// What is compared with the limit: the percentile that was seen, or the bound that the true one keeps with
// the demanded confidence.
enum class Judged { estimate, upper_bound };

struct LatencyGate {
  ModelAddress address;
  std::vector<base::Json> bodies;
  int status = 200;  // of a good answer
  Load load;         // without its requests
  double percentile = 99;
  double max_ms = 0;
  double confidence = 0.95;  // of each bound of the interval
  Judged judged = Judged::estimate;
  double max_error_share = 0;
  double min_rate_share = 0.95;  // of the rate
};

LatencyGate parse_latency_gate(const base::YamlValue& value);
GateAnswer judge(const LatencyGate& gate, const Evidence& evidence);
// Without a server.
std::vector<Check> latency_checks(const LatencyGate& gate, const LoadAnswer& answer);

}  // namespace eval_gate
