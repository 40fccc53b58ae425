#include "base/clock.hpp"
#include "base/html.hpp"
#include "plots.hpp"
#include "report.hpp"

namespace eval_gate {
namespace {

std::string paragraph(std::string_view text) {
  return "<p>" + base::html_escape(text) + "</p>";
}

std::string verdict_line(const Report& report) {
  std::string html = "<p><strong class=\"" + std::string(to_string(report.verdict)) + "\">" +
                     std::string(to_string(report.verdict)) +
                     "</strong>: " + base::html_escape(summary(report)) + ", " +
                     base::html_escape(headline_text(report)) + ", " + base::rfc3339(report.created) + "</p>";
  if (!report.model_digest.empty())
    html += "<p>Model <code>" + base::html_escape(report.model_digest) + "</code></p>";
  return html;
}

std::string number_or_none(const std::optional<double>& value) {
  return value ? short_number(*value) : "";
}

std::string interval_text(const Check& check) {
  if (!check.interval) return "";
  return short_number(check.interval->low) + " to " + short_number(check.interval->high);
}

std::string overview(const Report& report) {
  base::HtmlTable table{.header = {"answer", "gate", "kind", "figure", "to spare", "n", "interval"}};
  for (const auto& gate : report.gates) {
    const auto& check = gate.deciding();
    table.rows.push_back({std::string(to_string(gate.status)), gate.name, gate.kind, figure_text(check),
                          number_or_none(check.distance()),
                          check.samples ? std::to_string(*check.samples) : "", interval_text(check)});
  }
  return base::html_table(table);
}

std::string checks_table(const GateAnswer& gate) {
  base::HtmlTable table{
      .header = {"answer", "what", "figure", "to spare", "n", "interval", "formula", "remark"}};
  for (const auto& check : gate.checks) {
    table.rows.push_back({std::string(to_string(check.status)),
                          check.subject.empty() ? gate.metric : check.subject, figure_text(check),
                          number_or_none(check.distance()),
                          check.samples ? std::to_string(*check.samples) : "", interval_text(check),
                          check.formula, check.message});
  }
  return base::html_table(table);
}

std::string gate_section(const GateAnswer& gate) {
  std::string html = "<h2>" + base::html_escape(gate.name) + " <span class=\"" +
                     std::string(to_string(gate.status)) + "\">" + std::string(to_string(gate.status)) +
                     "</span></h2>";
  html += paragraph(gate.kind + ", severity " + std::string(to_string(gate.severity)));
  html += checks_table(gate);
  for (const auto& note : gate.notes) html += paragraph(note);
  return html + shift_plot(gate) + latency_plot(gate);
}

std::string metrics_section(const Report& report) {
  if (report.metrics.empty()) return "";
  base::HtmlTable table{.header = {"metric", "value"}};
  for (const auto& [name, value] : report.metrics) table.rows.push_back({name, short_number(value)});
  return "<h2>All metrics</h2>" + base::html_table(table);
}

}  // namespace

std::string html_report(const Report& report) {
  std::string body = "<h1>Gate report</h1>" + verdict_line(report) + overview(report);
  if (report.outcomes != nullptr) body += "<h2>Predictions</h2>" + prediction_plots(*report.outcomes);
  for (const auto& gate : report.gates) body += gate_section(gate);
  return base::html_page("Gate report: " + std::string(to_string(report.verdict)),
                         body + metrics_section(report));
}

}  // namespace eval_gate
