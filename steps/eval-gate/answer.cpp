#include "answer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "base/text.hpp"

namespace eval_gate {

std::string_view to_string(Status status) {
  switch (status) {
    case Status::pass:
      return "pass";
    case Status::warn:
      return "warn";
    case Status::fail:
      return "fail";
    case Status::error:
      return "error";
  }
  return "";
}

std::string_view to_string(Severity severity) {
  return severity == Severity::warn ? "warn" : "error";
}

std::string_view to_string(Comparison comparison) {
  switch (comparison) {
    case Comparison::at_least:
      return ">=";
    case Comparison::at_most:
      return "<=";
    case Comparison::none:
      return "";
  }
  return "";
}

std::optional<double> Check::distance() const {
  if (!value || !bound || comparison == Comparison::none) return std::nullopt;
  return comparison == Comparison::at_least ? *value - *bound : *bound - *value;
}

Check compare(double value, Comparison comparison, double bound) {
  Check check;
  check.comparison = comparison;
  check.bound = bound;
  if (!std::isfinite(value)) {
    check.status = Status::error;
    check.message = "the value is " + base::to_text(value) + ", which is not comparable";
    return check;
  }
  check.value = value;
  const bool holds = comparison == Comparison::at_least ? value >= bound : value <= bound;
  check.status = holds ? Status::pass : Status::fail;
  return check;
}

Check passed(std::string subject, std::string message) {
  return {.subject = std::move(subject), .status = Status::pass, .message = std::move(message)};
}

Check failed(std::string subject, std::string message) {
  return {.subject = std::move(subject), .status = Status::fail, .message = std::move(message)};
}

Check not_computed(std::string subject, std::string message) {
  return {.subject = std::move(subject), .status = Status::error, .message = std::move(message)};
}

std::string short_number(double value) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.6g", value);
  return buffer.data();
}

std::string figure_text(const Check& check) {
  const std::string unit = check.unit.empty() ? "" : " " + check.unit;
  std::string text = check.value ? short_number(*check.value) + unit : "";
  if (check.comparison == Comparison::none || !check.bound) return text;
  if (!text.empty()) text += " ";
  return text + std::string(to_string(check.comparison)) + " " + short_number(*check.bound) + unit;
}

namespace {

std::string interval_text(const Check& check) {
  std::vector<std::string> facts;
  if (check.samples) facts.push_back("n = " + std::to_string(*check.samples));
  if (check.interval)
    facts.push_back(short_number(check.interval->low) + " to " + short_number(check.interval->high));
  return facts.empty() ? "" : " (" + base::join(facts, ", ") + ")";
}

std::string outcome_text(const Check& check) {
  const auto distance = check.distance();
  if (!distance || check.status == Status::error) return "";
  return check.status == Status::pass ? ", " + short_number(*distance) + " to spare"
                                      : " does not hold, off by " + short_number(-*distance);
}

}  // namespace

std::string explained(const Check& check) {
  std::vector<std::string> parts;
  if (!check.subject.empty()) parts.push_back(check.subject);
  if (check.value) parts.push_back(figure_text(check) + outcome_text(check) + interval_text(check));
  if (!check.message.empty()) parts.push_back(check.message);
  if (parts.empty()) parts.emplace_back(to_string(check.status));
  return base::join(parts, ": ");
}

const Check& GateAnswer::deciding() const {
  return *std::max_element(checks.begin(), checks.end(),
                           [](const Check& a, const Check& b) { return a.status < b.status; });
}

GateAnswer concluded(GateAnswer answer) {
  if (answer.checks.empty()) answer.checks.push_back(not_computed("", "there was nothing to check"));
  answer.status = answer.deciding().status;
  if (answer.status == Status::fail && answer.severity == Severity::warn) answer.status = Status::warn;
  return answer;
}

const GateAnswer* Report::headline_gate() const {
  const auto found =
      std::find_if(gates.begin(), gates.end(), [this](const auto& gate) { return gate.name == headline; });
  return found == gates.end() ? nullptr : &*found;
}

std::uint64_t Report::count(Status status) const {
  return static_cast<std::uint64_t>(std::count_if(
      gates.begin(), gates.end(), [status](const auto& gate) { return gate.status == status; }));
}

std::vector<std::string> Report::failed_names() const {
  std::vector<std::string> names;
  for (const auto& gate : gates) {
    if (gate.status >= Status::fail) names.push_back(gate.name);
  }
  return names;
}

Status verdict_of(const std::vector<GateAnswer>& gates) {
  Status verdict = Status::pass;
  for (const auto& gate : gates) {
    const bool only_warns = gate.severity == Severity::warn && gate.status != Status::pass;
    verdict = std::max(verdict, only_warns ? Status::warn : gate.status);
  }
  return verdict;
}

}  // namespace eval_gate
