#include "eval-gate/latency_gate.hpp"

#include <numeric>

#include "support/catch.hpp"

using namespace eval_gate;
using Catch::Matchers::Contains;

namespace {

LatencyGate gate(const std::string& keys = "") {
  return parse_latency_gate(base::parse_yaml(
      "{name: l, kind: latency, model: m, requests: [{}], rate: 100, duration: 10s, max: 990ms" + keys + "}",
      "g.yaml"));
}

// Latencies of 1, 2, … n milliseconds.
LoadAnswer answers(std::size_t n) {
  LoadAnswer answer;
  answer.latencies_ms.resize(n);
  std::iota(answer.latencies_ms.begin(), answer.latencies_ms.end(), 1.0);
  answer.measured = 1000;
  answer.achieved_rate = 100;
  return answer;
}

}  // namespace

TEST_CASE("p99 is the value at its rank, with bounds") {
  const auto check = latency_checks(gate(), answers(1000)).front();
  CHECK(check.status == Status::pass);
  CHECK(check.value == 990.0);
  CHECK(check.interval->low == 985);
  CHECK(check.interval->high == 996);
  CHECK_THAT(check.message, Contains("upper 95 % bound of p99: 996 ms"));
}

TEST_CASE("the upper bound can be what is judged") {
  const auto check = latency_checks(gate(", judge: upper-bound"), answers(1000)).front();
  CHECK(check.status == Status::fail);
  CHECK(check.value == 996.0);
  // Errors can leave too few answers for a bound: then there is nothing to judge.
  CHECK(latency_checks(gate(", judge: upper-bound"), answers(100)).front().status == Status::error);
}

TEST_CASE("no answer at all fails") {
  auto none = answers(0);
  none.errors["status 500"] = 1000;
  const auto checks = latency_checks(gate(), none);
  CHECK(checks[0].status == Status::fail);
  CHECK(checks[1].status == Status::fail);
  CHECK(checks[1].value == 1.0);
  CHECK(checks[1].message == "1000 x status 500");
}

TEST_CASE("errors and the rate have bounds of their own") {
  auto some = answers(990);
  some.errors["status 500"] = 10;
  CHECK(latency_checks(gate(), some)[1].status == Status::fail);
  CHECK(latency_checks(gate(", max-error-share: 0.01"), some)[1].status == Status::pass);
  some.achieved_rate = 95;
  CHECK(latency_checks(gate(), some)[2].status == Status::pass);
  some.achieved_rate = 94;
  CHECK(latency_checks(gate(), some)[2].status == Status::fail);
}
