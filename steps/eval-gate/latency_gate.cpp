#include "latency_gate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/log.hpp"
#include "base/text.hpp"
#include "http/transport.hpp"
#include "stats/interval.hpp"

namespace eval_gate {
namespace {

std::string percent(double share) {
  return short_number(share * 100) + " %";
}

Judged parse_judged(const base::YamlValue& value) {
  if (value.text() == "estimate") return Judged::estimate;
  if (value.text() == "upper-bound") return Judged::upper_bound;
  throw value.error("'" + base::printable(value.text(), 100) + "' is not estimate or upper-bound");
}

void parse_load(const base::YamlValue& value, LatencyGate& gate) {
  gate.load.rate = number_key(value, "rate", gate.load.rate, {0.01, 100'000});
  gate.load.duration = duration_key(value, "duration", gate.load.duration);
  gate.load.warm_up = duration_key(value, "warm-up", gate.load.warm_up);
  gate.load.timeout = gate.address.timeout;
  gate.load.connections = count_key(value, "connections", gate.load.connections, 1);
  gate.status = static_cast<int>(number_key(value, "status", 200, {100, 599}));
  if (gate.load.connections > 512) throw value.at("connections").error("at most 512 connections");
  const auto requests = gate.load.measured_requests();
  if (requests == 0 || requests > 10'000'000)
    throw value.error("'rate' times 'duration' is " + std::to_string(requests) +
                      " requests; expected 1 to 10000000");
}

void check_judged(const base::YamlValue& value, const LatencyGate& gate) {
  if (gate.judged != Judged::upper_bound) return;
  const auto needed = stats::samples_for_upper_bound(gate.percentile / 100, gate.confidence);
  if (gate.load.measured_requests() >= needed) return;
  throw value.at("judge").error("an upper " + percent(gate.confidence) + " bound of p" +
                                short_number(gate.percentile) + " needs " + std::to_string(needed) +
                                " requests, and 'rate' times 'duration' is " +
                                std::to_string(gate.load.measured_requests()));
}

// The value at rank ceil(p n), as HdrHistogram gives it.
double nearest_rank(const std::vector<double>& sorted, double p) {
  const double rank = std::ceil(p * static_cast<double>(sorted.size()));
  return sorted[std::min(sorted.size(), static_cast<std::size_t>(std::max(rank, 1.0))) - 1];
}

std::string bound_text(const LatencyGate& gate, const stats::QuantileBounds& bounds, std::size_t samples) {
  const std::string name =
      "upper " + percent(gate.confidence) + " bound of p" + short_number(gate.percentile);
  if (bounds.upper) return name + ": " + short_number(*bounds.upper) + " ms";
  return std::to_string(samples) + " answers are too few for an " + name + ", which needs " +
         std::to_string(stats::samples_for_upper_bound(gate.percentile / 100, gate.confidence));
}

Check percentile_check(const LatencyGate& gate, const std::vector<double>& sorted) {
  const std::string subject = "p" + short_number(gate.percentile);
  if (sorted.empty()) return failed(subject, "no good answer was received");
  const double p = gate.percentile / 100;
  const auto bounds = stats::quantile_bounds(sorted, p, gate.confidence);
  const double infinity = std::numeric_limits<double>::infinity();
  const bool by_bound = gate.judged == Judged::upper_bound;
  const double judged = by_bound ? bounds.upper.value_or(infinity) : nearest_rank(sorted, p);
  Check check = compare(judged, Comparison::at_most, gate.max_ms);
  check.subject = subject;
  check.unit = "ms";
  check.formula = (by_bound ? "upper " + percent(gate.confidence) + " bound of the " : std::string()) +
                  short_number(gate.percentile) + "th percentile of the time since the scheduled send";
  check.samples = sorted.size();
  check.interval = stats::Interval{bounds.lower.value_or(0), bounds.upper.value_or(infinity)};
  check.message = bound_text(gate, bounds, sorted.size());
  return check;
}

Check error_check(const LatencyGate& gate, const LoadAnswer& answer) {
  const auto errors = answer.error_count();
  Check check =
      compare(answer.measured == 0 ? 0 : static_cast<double>(errors) / static_cast<double>(answer.measured),
              Comparison::at_most, gate.max_error_share);
  check.subject = "errors";
  check.formula = "failed / due requests";
  check.samples = answer.measured;
  std::vector<std::string> texts;
  for (const auto& [text, count] : answer.errors) texts.push_back(std::to_string(count) + " x " + text);
  if (texts.size() > 3) texts.resize(3);
  check.message = base::join(texts, "; ");
  return check;
}

// A fast error page is no fast answer.
std::string answer_fault(const LatencyGate& gate, const base::Json& request, const http::Response& response) {
  if (response.status != gate.status) return "status " + std::to_string(response.status);
  if (!response.ok()) return "";
  const auto body = json_body(response);
  if (!body.json) return body.failure;
  return base::join(protocol_faults(gate.address.protocol, request, *body.json), "; ");
}

Check rate_check(const LatencyGate& gate, const LoadAnswer& answer) {
  Check check = compare(answer.achieved_rate, Comparison::at_least, gate.min_rate_share * gate.load.rate);
  check.subject = "rate";
  check.unit = "requests/s";
  check.formula = "requests sent a second";
  check.samples = answer.measured;
  if (check.status == Status::fail)
    check.message = "the load could not be sent: all " + std::to_string(gate.load.connections) +
                    " connections waited for answers; the server is too slow, or 'connections' too few";
  return check;
}

}  // namespace

LatencyGate parse_latency_gate(const base::YamlValue& value) {
  reject_unknown_gate_keys(value, model_address_keys({"rate", "duration", "warm-up", "connections", "status",
                                                      "requests", "percentile", "max", "confidence", "judge",
                                                      "max-error-share", "min-rate-share"}));
  LatencyGate gate;
  gate.address = parse_model_address(value);
  for (const auto& request : value.at("requests").items()) gate.bodies.push_back(request.to_json());
  if (gate.bodies.empty()) throw value.at("requests").error("expected at least one request body");
  parse_load(value, gate);
  gate.percentile = number_key(value, "percentile", gate.percentile, {1, 99.999});
  value.at("max");
  gate.max_ms = static_cast<double>(duration_key(value, "max", gate.load.timeout).count());
  if (gate.max_ms > static_cast<double>(gate.load.timeout.count()))
    throw value.at("max").error("the limit is longer than the 'timeout' of a request");
  gate.confidence = number_key(value, "confidence", gate.confidence, {0.5, 0.9999});
  if (const auto judged = value.find("judge")) gate.judged = parse_judged(*judged);
  gate.max_error_share = number_key(value, "max-error-share", 0, {0, 1});
  gate.min_rate_share = number_key(value, "min-rate-share", gate.min_rate_share, {0, 1});
  check_judged(value, gate);
  return gate;
}

std::vector<Check> latency_checks(const LatencyGate& gate, const LoadAnswer& answer) {
  return {percentile_check(gate, answer.latencies_ms), error_check(gate, answer), rate_check(gate, answer)};
}

GateAnswer judge(const LatencyGate& gate, const Evidence& evidence) {
  GateAnswer answer;
  const auto transport = http::make_transport();
  if (const auto reason = wait_until_ready(*transport, evidence.endpoint(), gate.address)) {
    answer.checks.push_back(failed("load", *reason));
    return answer;
  }
  Load load = gate.load;
  for (const auto& body : gate.bodies)
    load.requests.push_back(prediction_request(evidence.endpoint(), gate.address, body.dump()));
  load.fault = [&gate](std::size_t i, const http::Response& response) {
    return answer_fault(gate, gate.bodies[i], response);
  };
  base::log_info("sending " + short_number(load.rate) + " requests/s for " +
                 short_number(static_cast<double>((load.warm_up + load.duration).count()) / 1000) + " s");
  auto measured = generate(load);
  answer.checks = latency_checks(gate, measured);
  answer.latencies_ms = std::move(measured.latencies_ms);
  return answer;
}

}  // namespace eval_gate
