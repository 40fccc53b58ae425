// The reports for machines and pull requests: JUnit XML and Markdown.

#include <set>

#include "base/html.hpp"
#include "base/text.hpp"
#include "report.hpp"

namespace eval_gate {
namespace {

std::string attribute(std::string_view name, std::string_view value) {
  return " " + std::string(name) + "=\"" + base::html_escape(value) + "\"";
}

std::string details(const GateAnswer& gate) {
  std::string text;
  for (const auto& check : gate.checks)
    text += std::string(to_string(check.status)) + ": " + explained(check) + "\n";
  for (const auto& note : gate.notes) text += note + "\n";
  return text;
}

std::string test_case(const GateAnswer& gate) {
  std::string xml = "    <testcase" + attribute("classname", "eval-gate." + gate.kind) +
                    attribute("name", gate.name) + ">\n";
  const bool counts = gate.severity == Severity::error;
  if (counts && gate.status >= Status::fail) {
    const std::string tag = gate.status == Status::fail ? "failure" : "error";
    xml += "      <" + tag + attribute("message", explained(gate.deciding())) + "/>\n";
  }
  const std::string state = gate.status == Status::pass ? "" : std::string(to_string(gate.status)) + "\n";
  return xml + "      <system-out>" + base::html_escape(state + details(gate)) +
         "</system-out>\n    </testcase>\n";
}

struct Counts {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;

  void add(const GateAnswer& gate) {
    ++tests;
    if (gate.severity == Severity::warn) return;
    if (gate.status == Status::fail) ++failures;
    if (gate.status == Status::error) ++errors;
  }
  std::string attributes() const {
    return attribute("tests", std::to_string(tests)) + attribute("failures", std::to_string(failures)) +
           attribute("errors", std::to_string(errors));
  }
};

// One line of a table: no line feeds, no bars.
std::string cell(std::string text) {
  text = base::replace_all(base::replace_all(std::move(text), "\r", " "), "\n", " ");
  for (const auto* special : {"\\", "|", "<", "`", "*", "_", "["})
    text = base::replace_all(std::move(text), special, std::string("\\") + special);
  return text;
}

std::string mark(Status status) {
  switch (status) {
    case Status::pass:
      return "✅ pass";
    case Status::warn:
      return "⚠️ warn";
    case Status::fail:
      return "❌ fail";
    case Status::error:
      return "🛑 error";
  }
  return "";
}

// What did not hold beyond the line of its gate.
std::string failing_checks(const GateAnswer& gate) {
  std::string text;
  for (const auto& check : gate.checks) {
    if (check.status == Status::pass) continue;
    text += "- " + cell(gate.name) + ": " + cell(explained(check)) + "\n";
  }
  return text;
}

}  // namespace

std::string junit_report(const Report& report) {
  std::set<std::string> kinds;
  Counts all;
  for (const auto& gate : report.gates) {
    kinds.insert(gate.kind);
    all.add(gate);
  }
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" +
                    attribute("name", "eval-gate") + all.attributes() + ">\n";
  for (const auto& kind : kinds) {
    Counts counts;
    std::string cases;
    for (const auto& gate : report.gates) {
      if (gate.kind != kind) continue;
      counts.add(gate);
      cases += test_case(gate);
    }
    xml +=
        "  <testsuite" + attribute("name", kind) + counts.attributes() + ">\n" + cases + "  </testsuite>\n";
  }
  return xml + "</testsuites>\n";
}

std::string markdown_report(const Report& report) {
  std::string text = "## Gates: " + mark(report.verdict) + "\n\n" + summary(report) + ".";
  if (!report.model_digest.empty()) text += " Model `" + report.model_digest + "`.";
  text += "\n\n| answer | gate | kind | figure | to spare | n | |\n|---|---|---|---|---|---|---|\n";
  std::string failing;
  for (const auto& gate : report.gates) {
    const auto& check = gate.deciding();
    const auto distance = check.distance();
    text += "| " + mark(gate.status) + " | " + cell(gate.name) + " | " + gate.kind + " | " +
            cell(figure_text(check)) + " | " + (distance ? short_number(*distance) : "") + " | " +
            (check.samples ? std::to_string(*check.samples) : "") + " | " +
            cell((check.subject.empty() ? "" : check.subject + (check.message.empty() ? "" : ": ")) +
                 check.message) +
            " |\n";
    failing += failing_checks(gate);
  }
  if (!failing.empty()) text += "\nWhat does not hold:\n\n" + failing;
  return text;
}

}  // namespace eval_gate
