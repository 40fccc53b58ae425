#include "eval-gate/report.hpp"

#include <limits>

#include "base/files.hpp"
#include "base/json.hpp"
#include "crypto/hash.hpp"
#include "model_registry/evidence.hpp"
#include "support/catch.hpp"

using namespace eval_gate;
using Catch::Matchers::Contains;

namespace {

const std::string digest = "sha256:" + std::string(64, 'a');

Report sample() {
  Report report;
  report.model_digest = digest;
  report.headline = "accuracy";
  report.metrics = {{"accuracy", 0.8371}};
  GateAnswer accuracy{.name = "accuracy", .kind = "metric", .metric = "accuracy", .figure = 0.8371};
  accuracy.checks.push_back(compare(0.8371, Comparison::at_least, 0.8));
  accuracy.checks.front().interval = stats::Interval{0.79, std::numeric_limits<double>::infinity()};
  GateAnswer serving{.name = "serving", .kind = "serving"};
  serving.checks.push_back(failed("case 1", "the answer is '<html>|\x01' & more"));
  GateAnswer drift{.name = "shift", .kind = "data-quality", .severity = Severity::warn};
  drift.checks.push_back(compare(3, Comparison::at_most, 2));
  for (auto& gate : {accuracy, serving, drift}) report.gates.push_back(concluded(gate));
  report.verdict = verdict_of(report.gates);
  return report;
}

}  // namespace

TEST_CASE("the JSON report has the shared shape") {
  const auto json = base::parse_json(json_report(sample()), "report");
  CHECK(json.at("schema_version") == 1);
  CHECK(json.at("verdict") == "fail");
  CHECK(json.at("subject").at("model_digest") == digest);
  CHECK(json.at("headline").at("value") == 0.8371);
  CHECK(json.at("metrics").at("accuracy") == 0.8371);
  const auto& gate = json.at("gates")[0];
  CHECK(gate.at("value") == 0.8371);
  CHECK(gate.at("comparison") == ">=");
  CHECK(gate.at("interval")[0] == 0.79);
  CHECK(gate.at("interval")[1].is_null());
  CHECK(json.at("gates")[2].at("status") == "warn");
}

TEST_CASE("those who demand the report as evidence read what was written") {
  auto report = sample();
  auto read = model_registry::read_gate_report(json_report(report), "report");
  CHECK(read.verdict == model_registry::Verdict::fail);
  CHECK(read.failed == std::vector<std::string>{"serving"});
  CHECK(read.contradictions.empty());
  report.gates.erase(report.gates.begin() + 1);
  report.verdict = verdict_of(report.gates);
  read = model_registry::read_gate_report(json_report(report), "report");
  CHECK_FALSE(model_registry::refusal(read, model_registry::Verdict::warn, base::Digest::parse(digest)));
}

TEST_CASE("what a server said cannot break out of a report") {
  const auto report = sample();
  CHECK_THAT(junit_report(report), Contains("&lt;html&gt;|") && !Contains("<html>"));
  CHECK_THAT(html_report(report), Contains("&lt;html&gt;|") && !Contains("<html>|"));
  CHECK_THAT(markdown_report(report), Contains("\\<html>\\|"));
}

TEST_CASE("JUnit counts what the verdict counts") {
  const auto xml = junit_report(sample());
  CHECK_THAT(xml, Contains("tests=\"3\" failures=\"1\" errors=\"0\""));
  CHECK_THAT(xml, Contains("<testsuite name=\"metric\" tests=\"1\" failures=\"0\""));
  CHECK_THAT(xml, Contains("name=\"accuracy\""));
}

TEST_CASE("the pages stand alone") {
  const auto page = html_report(sample());
  CHECK_THAT(page, !Contains("<script") && !Contains("src=") && !Contains("@import"));
  CHECK_THAT(page, !Contains("<link"));
}

TEST_CASE("the digest is that of the written file") {
  base::TemporaryDirectory directory;
  const auto written = write_reports(sample(), directory.path() / "new/report");
  CHECK(written == crypto::sha256(base::read_file(directory.path() / "new/report/gate-report.json")));
  for (const auto* name : {"junit.xml", "report.md", "report.html"})
    CHECK(base::read_file_if_exists(directory.path() / "new/report" / name));
}

TEST_CASE("headline and summary") {
  auto report = sample();
  CHECK(headline_text(report) == "accuracy=0.8371");
  CHECK(summary(report) == "1 of 3 gates hold");
  report.headline = "serving";
  CHECK(headline_text(report) == "serving=fail");
}
