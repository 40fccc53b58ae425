#include "model_registry/evidence.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace model_registry {
namespace {

using base::Error;
using base::ErrorKind;
using base::Json;

constexpr int schema_version = 1;
constexpr std::size_t most_gates = 10'000;
constexpr base::JsonLimits limits{std::size_t{16} << 20U, 32};

constexpr std::array<std::pair<std::string_view, Verdict>, 4> verdicts{
    {{"pass", Verdict::pass}, {"warn", Verdict::warn}, {"fail", Verdict::fail}, {"error", Verdict::error}}};

// Reads the gates one after the other and notes what does not fit together.
class Reading {
 public:
  Reading(GateReport& report, std::string_view where) : report_(report), where_(where) {}

  void gate(const Json& gate);

 private:
  Verdict status_of(const Json& gate, const std::string& what);
  void compare(const Json& figure, const std::string& what);
  void contradiction(const std::string& message) { report_.contradictions.push_back(message); }

  GateReport& report_;
  std::string_view where_;
};

// A figure that is said to be good must be on the good side of its bound. `what` names the gate or check.
void Reading::compare(const Json& figure, const std::string& what) {
  const auto value = base::optional_number(figure, "value", where_);
  const auto bound = base::optional_number(figure, "bound", where_);
  const auto comparison = base::optional_string(figure, "comparison", where_).value_or("");
  if (comparison.empty()) return;
  if (comparison != ">=" && comparison != "<=") {
    throw Error(ErrorKind::input, std::string(where_) + ": " + what + " compares by '" +
                                      base::printable(comparison, 20) + "'; expected >= or <=");
  }
  if (!value || !bound) return contradiction(what + " says pass without a value and a bound");
  const bool holds = comparison == ">=" ? *value >= *bound : *value <= *bound;
  if (holds) return;
  contradiction(what + " says pass, but " + base::to_text(*value) + " " + comparison + " " +
                base::to_text(*bound) + " does not hold");
}

Verdict Reading::status_of(const Json& gate, const std::string& what) {
  const auto status = parse_verdict(base::require_string(gate, "status", where_), where_);
  if (status == Verdict::pass) compare(gate, what);
  if (gate.find("checks") == gate.end()) return status;
  for (const auto& check : base::require_array(gate, "checks", where_)) {
    const auto of_check = parse_verdict(base::require_string(check, "status", where_), where_);
    if (of_check == Verdict::pass) compare(check, "a check of " + what);
    if (status == Verdict::pass && of_check != Verdict::pass) {
      contradiction(what + " says pass, but one of its checks says " + std::string(to_string(of_check)));
    }
  }
  return status;
}

// A gate of severity "warn" cannot make the verdict worse than that.
Verdict weight_of(Verdict status, const std::string& severity, std::string_view where) {
  if (severity != "error" && severity != "warn") {
    throw Error(ErrorKind::input, std::string(where) + ": severity '" + base::printable(severity, 50) +
                                      "'; expected error or warn");
  }
  return severity == "warn" ? std::min(status, Verdict::warn) : status;
}

void Reading::gate(const Json& gate) {
  const auto name = base::require_string(gate, "name", where_);
  const auto severity = base::require_string(gate, "severity", where_);
  const auto what = "gate '" + base::printable(name, 100) + "'";
  const auto status = weight_of(status_of(gate, what), severity, where_);
  if (status >= Verdict::fail) report_.failed.push_back(name);
  report_.verdict = std::max(report_.verdict, status);
}

void read_subject(const Json& document, GateReport& report, std::string_view where) {
  const auto subject = document.find("subject");
  if (subject == document.end() || subject->is_null()) return;
  const auto digest =
      base::optional_string(base::require_object(document, "subject", where), "model_digest", where);
  if (digest && !digest->empty()) report.model_digest = base::Digest::parse(*digest);
}

void read_metrics(const Json& document, GateReport& report, std::string_view where) {
  const auto metrics = document.find("metrics");
  if (metrics == document.end() || metrics->is_null()) return;
  for (const auto& [name, value] : base::require_object(document, "metrics", where).items()) {
    if (value.is_number()) report.metrics[name] = value.get<double>();
  }
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  return verdicts.at(static_cast<std::size_t>(verdict)).first;
}

Verdict parse_verdict(std::string_view text, std::string_view where) {
  for (const auto& [name, verdict] : verdicts) {
    if (name == text) return verdict;
  }
  throw Error(ErrorKind::input,
              std::string(where) + ": '" + base::printable(text, 100) + "' is not pass, warn, fail or error");
}

GateReport read_gate_report(std::string_view text, std::string_view where) {
  const auto document = base::parse_json(text, where, limits);
  const auto schema = base::require_integer(document, "schema_version", where);
  if (schema != schema_version) {
    throw Error(ErrorKind::input, std::string(where) + ": a gate report of schema " + std::to_string(schema) +
                                      "; expected schema 1, as eval-gate writes it");
  }
  GateReport report;
  report.verdict = Verdict::pass;
  read_subject(document, report, where);
  read_metrics(document, report, where);
  const auto& gates = base::require_array(document, "gates", where);
  if (gates.size() > most_gates)
    throw Error(ErrorKind::input, std::string(where) + ": more than 10000 gates");
  Reading reading(report, where);
  for (const auto& gate : gates) reading.gate(gate);
  report.gates = gates.size();
  const auto said = parse_verdict(base::require_string(document, "verdict", where), where);
  if (said < report.verdict) {
    report.contradictions.push_back("it says " + std::string(to_string(said)) + ", but its gates say " +
                                    std::string(to_string(report.verdict)));
  }
  report.verdict = std::max(said, report.verdict);
  return report;
}

std::optional<std::string> refusal(const GateReport& report, Verdict worst, const base::Digest& model) {
  if (!report.contradictions.empty()) {
    return "the gate report was changed or is wrong: " + report.contradictions.front();
  }
  if (report.gates == 0) return "a gate report without a single gate proves nothing";
  if (!report.model_digest) {
    return "the gate report does not say which model was evaluated; run eval-gate with --model-digest " +
           model.text();
  }
  if (*report.model_digest != model) {
    return "the gate report is about another model: it names " + report.model_digest->text() +
           ", this one is " + model.text();
  }
  if (report.verdict <= worst) return std::nullopt;
  const auto names = base::printable(base::join(report.failed, ", "), 300);
  return "the verdict is " + std::string(to_string(report.verdict)) +
         (names.empty() ? "" : " (" + names + ")") + ", demanded is " + std::string(to_string(worst)) +
         (worst == Verdict::pass ? "" : " or better");
}

}  // namespace model_registry
