#include "eval-gate/answer.hpp"

#include <cmath>
#include <limits>

#include "support/catch.hpp"

using namespace eval_gate;

namespace {

GateAnswer gate(std::string name, Status status, Severity severity = Severity::error) {
  GateAnswer answer;
  answer.name = std::move(name);
  answer.severity = severity;
  answer.checks.push_back({.status = status});
  return concluded(std::move(answer));
}

}  // namespace

TEST_CASE("bounds are inclusive") {
  CHECK(compare(0.9, Comparison::at_least, 0.9).status == Status::pass);
  CHECK(compare(0.9, Comparison::at_most, 0.9).status == Status::pass);
  CHECK(compare(std::nextafter(0.9, 0), Comparison::at_least, 0.9).status == Status::fail);
  CHECK(compare(std::nextafter(0.9, 1), Comparison::at_most, 0.9).status == Status::fail);
}

TEST_CASE("what is not finite never passes") {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double value : {std::nan(""), infinity, -infinity}) {
    for (const auto comparison : {Comparison::at_least, Comparison::at_most}) {
      const auto check = compare(value, comparison, 0.5);
      CHECK(check.status == Status::error);
      CHECK_FALSE(check.value);
    }
  }
}

TEST_CASE("the distance is positive on the good side") {
  CHECK(*compare(0.9, Comparison::at_least, 0.8).distance() == Approx(0.1));
  CHECK(*compare(0.9, Comparison::at_most, 0.8).distance() == Approx(-0.1));
  CHECK_FALSE(passed("x", "").distance());
}

TEST_CASE("a check explains itself in one line") {
  Check check = compare(0.7, Comparison::at_least, 0.8);
  check.subject = "slice sex=F";
  check.samples = 120;
  check.interval = stats::Interval{0.61, 0.78};
  CHECK(explained(check) == "slice sex=F: 0.7 >= 0.8 does not hold, off by 0.1 (n = 120, 0.61 to 0.78)");
  CHECK(explained(compare(12, Comparison::at_most, 20)) == "12 <= 20, 8 to spare");
  CHECK(explained(failed("champion", "nobody")) == "champion: nobody");
}

TEST_CASE("the worst check decides a gate") {
  GateAnswer answer;
  answer.checks = {passed("a", ""), failed("b", ""), failed("c", ""), passed("d", "")};
  answer = concluded(std::move(answer));
  CHECK(answer.status == Status::fail);
  CHECK(answer.deciding().subject == "b");
}

TEST_CASE("a gate without a check is an error") {
  CHECK(concluded({}).status == Status::error);
}

TEST_CASE("severity warn never makes the verdict worse than warn") {
  CHECK(gate("a", Status::fail, Severity::warn).status == Status::warn);
  CHECK(gate("a", Status::error, Severity::warn).status == Status::error);
  CHECK(verdict_of({gate("a", Status::pass), gate("b", Status::fail, Severity::warn)}) == Status::warn);
  CHECK(verdict_of({gate("a", Status::pass), gate("b", Status::error, Severity::warn)}) == Status::warn);
}

TEST_CASE("an error is worse than a fail, and both are named") {
  Report report;
  report.gates = {gate("a", Status::fail), gate("b", Status::error), gate("c", Status::pass)};
  CHECK(verdict_of(report.gates) == Status::error);
  CHECK(report.failed_names() == std::vector<std::string>{"a", "b"});
  CHECK(report.count(Status::pass) == 1);
}
