#include "report.hpp"

#include "base/files.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"

namespace eval_gate {

base::Digest write_reports(const Report& report, const std::filesystem::path& directory) {
  const auto json = json_report(report);
  base::write_file(directory / "junit.xml", junit_report(report));
  base::write_file(directory / "report.md", markdown_report(report));
  base::write_file(directory / "report.html", html_report(report));
  base::write_file(directory / "gate-report.json", json);  // last: whoever finds it finds all
  return crypto::sha256(json);
}

std::string summary(const Report& report) {
  return std::to_string(report.count(Status::pass)) + " of " + std::to_string(report.gates.size()) +
         (report.gates.size() == 1 ? " gate holds" : " gates hold");
}

std::string headline_text(const Report& report) {
  const auto* gate = report.headline_gate();
  if (gate == nullptr) return "";
  if (gate->figure) return gate->metric + "=" + base::to_text(*gate->figure);
  const auto& check = gate->deciding();
  return gate->name + "=" +
         (check.value ? base::to_text(*check.value) : std::string(to_string(gate->status)));
}

}  // namespace eval_gate
