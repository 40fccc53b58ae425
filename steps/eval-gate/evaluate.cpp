#include "evaluate.hpp"

#include <algorithm>
#include <cmath>

#include "base/interrupt.hpp"
#include "base/log.hpp"

namespace eval_gate {
namespace {

// Runs `action`; a failure of the evidence comes back as a text, an interruption or a bug is thrown on.
template <class Action>
std::optional<std::string> attempt(Action action) {
  try {
    action();
    return std::nullopt;
  } catch (const base::Error& error) {
    const bool of_evidence = error.kind() == base::ErrorKind::input ||
                             error.kind() == base::ErrorKind::precondition ||
                             error.kind() == base::ErrorKind::unavailable;
    if (!of_evidence) throw;
    return error.message();
  }
}

GateAnswer judge_gate(const Gate& gate, const Evidence& evidence) {
  GateAnswer answer;
  const auto failure = attempt(
      [&] { answer = std::visit([&](const auto& rule) { return judge(rule, evidence); }, gate.rule); });
  if (failure) answer.checks = {not_computed("", *failure)};
  answer.name = gate.name;
  answer.kind = kind_of(gate);
  answer.severity = gate.severity;
  return concluded(std::move(answer));
}

void log_answer(const GateAnswer& answer) {
  const std::string line =
      std::string(to_string(answer.status)) + ": " + answer.name + ": " + explained(answer.deciding());
  if (answer.status == Status::pass) {
    base::log_info(line);
  } else if (answer.severity == Severity::warn) {
    base::log_warning(line);
  } else {
    base::log_error(line);
  }
}

// Every metric that the predictions can tell; those that are undefined, or that scores which are no
// probabilities cannot have, are left out.
void add_metrics(const stats::Outcomes& outcomes, std::map<std::string, double>& metrics) {
  for (const auto& metric :
       outcomes.regression() ? stats::regression_metrics() : stats::classification_metrics()) {
    base::check_interrupt();
    if (stats::lacks(metric, outcomes)) continue;
    attempt([&] {
      const double value = stats::evaluate(metric, outcomes);
      if (std::isfinite(value)) metrics[metric.name()] = value;
    });
  }
}

}  // namespace

Report evaluate(const GateFile& file, const Evidence& evidence) {
  Report report;
  report.headline = file.headline;
  if (evidence.has_predictions() && file.predictions) {
    attempt([&] {
      add_metrics(evidence.predictions().outcomes, report.metrics);
      report.outcomes = &evidence.predictions().outcomes;
    });
  }
  for (const auto& gate : file.gates) {
    auto answer = judge_gate(gate, evidence);
    log_answer(answer);
    if (answer.figure && std::isfinite(*answer.figure)) report.metrics.emplace(answer.metric, *answer.figure);
    report.gates.push_back(std::move(answer));
  }
  report.verdict = verdict_of(report.gates);
  return report;
}

}  // namespace eval_gate
