#include "eval-gate/gate_file.hpp"

#include "support/catch.hpp"

using namespace eval_gate;
using Catch::Matchers::Contains;

namespace {

GateFile parsed(const std::string& yaml) {
  return parse_gate_file(base::parse_yaml(yaml, "gates.yaml"));
}

// The file with one gate of these lines.
std::string with_gate(const std::string& lines) {
  return "gates:\n  - name: g\n" + lines;
}

std::string message_of(const std::string& yaml) {
  try {
    parsed(yaml);
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::input);
    return error.message();
  }
  return "";
}

std::string gate_message(const std::string& lines) {
  return message_of(with_gate(lines));
}

std::string usage_of(const std::string& lines, const Config& config) {
  try {
    check_evidence(parsed("predictions: {label: y, prediction: p}\n" + with_gate(lines)), config);
  } catch (const base::Error& error) {
    return error.message();
  }
  return "";
}

}  // namespace

TEST_CASE("a metric gate with everything") {
  const auto file = parsed(
      "predictions: {label: y, prediction: p, slices: [region], sensitive: sex}\n"
      "headline: quality\n"
      "gates:\n"
      "  - name: quality\n"
      "    kind: metric\n"
      "    metric: f1_score\n"
      "    average: macro\n"
      "    min: 0.8\n"
      "    min-samples: 400\n"
      "    severity: warn\n"
      "    slices:\n"
      "      - {by: region, values: [north, south], min: 0.7, min-samples: 30}\n");
  REQUIRE(file.gates.size() == 1);
  const auto& gate = file.gates.front();
  CHECK(kind_of(gate) == "metric");
  CHECK(gate.severity == Severity::warn);
  const auto& rule = std::get<MetricGate>(gate.rule);
  CHECK(rule.metric.name == "f1_macro");
  CHECK(rule.bounds.min == 0.8);
  CHECK(rule.min_samples == 400);
  REQUIRE(rule.slices.size() == 1);
  CHECK(rule.slices[0].bounds.min == 0.7);
  CHECK(rule.slices[0].values == std::vector<std::string>{"north", "south"});
  CHECK(file.predictions->group_columns() == std::vector<std::string>{"sex", "region"});
}

TEST_CASE("unknown keys and kinds get a hint and a place") {
  CHECK_THAT(gate_message("    kind: metric\n    metric: f1\n    mim: 0.8\n"),
             Contains("gates.yaml:5:") && Contains("unknown key 'mim', did you mean 'min'?"));
  CHECK_THAT(gate_message("    kind: metrics\n"), Contains("did you mean 'metric'?"));
  CHECK_THAT(message_of("gate: []\n"), Contains("did you mean 'gates'?"));
  CHECK_THAT(message_of("predictions: {labell: y}\ngates: []\n"), Contains("did you mean 'label'?"));
  CHECK_THAT(gate_message("    kind: fairness\n    max: 0.1\n    measure: equal-oportunity-difference\n"),
             Contains("did you mean 'equal-opportunity-difference'?"));
}

TEST_CASE("bounds that cannot hold are refused") {
  CHECK_THAT(gate_message("    kind: metric\n    metric: accuracy\n    min: 1.5\n"),
             Contains("at least 1.5 of a metric that is at most 1"));
  CHECK_THAT(gate_message("    kind: metric\n    metric: rmse\n    max: -1\n"),
             Contains("at most -1 of a metric that is at least 0"));
  CHECK_THAT(gate_message("    kind: metric\n    metric: f1\n    min: 0.9\n    max: 0.8\n"),
             Contains("'min' is larger than 'max'"));
  CHECK_THAT(gate_message("    kind: metric\n    metric: f1\n    min: .nan\n"), Contains("finite"));
  CHECK_THAT(gate_message("    kind: metric\n    metric: f1\n"), Contains("expected 'min' or 'max'"));
  CHECK_THAT(gate_message("    kind: data-quality\n    min-rows: 5\n    max-rows: 4\n"),
             Contains("'min-rows' is larger"));
  CHECK_THAT(gate_message("    kind: data-quality\n    max-sigma: 0\n"), Contains("more than 0"));
  CHECK_THAT(gate_message("    kind: fairness\n    max: 1.1\n"), Contains("from 0 to 1"));
  CHECK_THAT(gate_message("    kind: champion\n    metric: f1\n    min-ratio: 95\n"),
             Contains("0.95 says 95 %"));
}

TEST_CASE("a metric that no predictions have needs a metrics file") {
  CHECK_THAT(gate_message("    kind: metric\n    metric: acuracy\n    from: predictions\n    min: 0.5\n"),
             Contains("did you mean 'accuracy'?"));
  CHECK(gate_message("    kind: metric\n    metric: business_value\n    min: 0.5\n").empty());
  CHECK_THAT(gate_message("    kind: champion\n    metric: business_value\n    max-drop: 0.5\n"),
             Contains("greater-is-better"));
}

TEST_CASE("duplicate names are refused, odd ones too") {
  const std::string gate = "  - {name: a, kind: metric, metric: f1, min: 0.5}\n";
  CHECK_NOTHROW(parsed("gates:\n" + gate));
  base::TemporaryDirectory directory;
  base::write_file(directory.path() / "a.yaml", "gates:\n" + gate);
  base::write_file(directory.path() / "b.yaml", "gates:\n" + gate);
  CHECK_THROWS_WITH(read_gate_files({directory.path() / "a.yaml", directory.path() / "b.yaml"}),
                    Contains("a second gate called 'a'"));
  CHECK_THAT(message_of("gates:\n  - {name: \"a,b\", kind: metric, metric: f1, min: 0.5}\n"),
             Contains("not a gate name"));
}

TEST_CASE("an upper bound needs enough requests") {
  const std::string lines =
      "    kind: latency\n    model: m\n    requests: [{}]\n    max: 100ms\n    judge: upper-bound\n"
      "    rate: 10\n    duration: ";
  CHECK_THAT(gate_message(lines + "29s\n"), Contains("needs 299 requests"));
  CHECK(gate_message(lines + "30s\n").empty());
  CHECK_THAT(gate_message("    kind: latency\n    model: m\n    requests: [{}]\n    max: 1 minute\n"),
             Contains("not a duration"));
}

TEST_CASE("a gate names the option that it needs") {
  Config config;
  CHECK_THAT(usage_of("    kind: metric\n    metric: f1\n    min: 0.5\n", config),
             Contains("needs --metrics"));
  CHECK_THAT(usage_of("    kind: fairness\n    max: 0.5\n", config), Contains("needs --predictions"));
  CHECK_THAT(usage_of("    kind: data-quality\n    max-sigma: 2\n", config),
             Contains("--profile and --reference-profile"));
  CHECK_THAT(usage_of("    kind: serving\n    model: m\n    cases: [{request: {}}]\n", config),
             Contains("needs --endpoint"));
  config.predictions = "p.csv";
  CHECK_THAT(usage_of("    kind: champion\n    metric: f1\n    min-ratio: 0.95\n", config),
             Contains("--registry with --model-name"));
  CHECK_THAT(usage_of("    kind: fairness\n    max: 0.5\n    group-by: sex\n", config),
             Contains("column 'sex' is not listed"));
}
