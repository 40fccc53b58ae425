#include "model_registry/evidence.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "support/catch.hpp"

using base::Json;
using model_registry::read_gate_report;
using model_registry::refusal;
using model_registry::Verdict;

namespace {

const auto model = base::Digest::sha256(std::string(64, 'a'));
const auto other = base::Digest::sha256(std::string(64, 'b'));

Json gate(const std::string& status, double value, const std::string& severity = "error") {
  return {{"name", "f1"},   {"kind", "metric"}, {"status", status},   {"severity", severity},
          {"value", value}, {"bound", 0.7},     {"comparison", ">="}, {"message", ""}};
}

Json report(const std::string& verdict, const std::vector<Json>& gates) {
  return {{"schema_version", 1},
          {"verdict", verdict},
          {"created", "2026-01-01T00:00:00Z"},
          {"subject", {{"model_digest", model.text()}}},
          {"metrics", {{"f1", 0.8}}},
          {"gates", Json(gates)}};
}

auto read(const Json& document) {
  return read_gate_report(document.dump(), "report.json");
}

}  // namespace

TEST_CASE("a report that fits together is evidence for its model only") {
  const auto sound = read(report("pass", {gate("pass", 0.8), gate("pass", 0.7)}));
  CHECK(sound.verdict == Verdict::pass);
  CHECK(sound.metrics.at("f1") == 0.8);
  CHECK_FALSE(refusal(sound, Verdict::pass, model));
  CHECK(refusal(sound, Verdict::pass, other)->find("another model") != std::string::npos);
}

TEST_CASE("a verdict is what the gates say, not what is written on top") {
  const auto painted = read(report("pass", {gate("fail", 0.6)}));
  CHECK(painted.verdict == Verdict::fail);
  CHECK(refusal(painted, Verdict::error, model)->find("it says pass, but its gates say fail") !=
        std::string::npos);
}

TEST_CASE("a status is what the figures say") {
  const auto painted = read(report("pass", {gate("pass", 0.6)}));
  CHECK(refusal(painted, Verdict::error, model)->find("0.6 >= 0.7 does not hold") != std::string::npos);
  auto without_value = gate("pass", 0.8);
  without_value["value"] = nullptr;
  CHECK(refusal(read(report("pass", {without_value})), Verdict::error, model));
}

TEST_CASE("checks inside a gate count") {
  auto sliced = gate("pass", 0.8);
  sliced["checks"] = Json::array({gate("pass", 0.8), gate("fail", 0.2)});
  CHECK(refusal(read(report("pass", {sliced})), Verdict::error, model)->find("checks says fail") !=
        std::string::npos);
}

TEST_CASE("a gate of severity warn can only warn") {
  const auto warned = read(report("warn", {gate("fail", 0.6, "warn"), gate("pass", 0.9)}));
  CHECK(warned.verdict == Verdict::warn);
  CHECK_FALSE(refusal(warned, Verdict::warn, model));
  CHECK(refusal(warned, Verdict::pass, model)->find("the verdict is warn") != std::string::npos);
}

TEST_CASE("a verdict that is worse than the gates is kept") {
  CHECK(read(report("error", {gate("pass", 0.8)})).verdict == Verdict::error);
}

TEST_CASE("a report that proves nothing is no evidence") {
  CHECK(refusal(read(report("pass", std::vector<Json>{})), Verdict::warn, model)
            ->find("without a single gate") != std::string::npos);
  auto nameless = report("pass", {gate("pass", 0.8)});
  nameless.erase("subject");
  CHECK(refusal(read(nameless), Verdict::warn, model)->find("--model-digest") != std::string::npos);
}

TEST_CASE("what is no gate report is an error") {
  const auto refuse = [](const Json& document) { CHECK_THROWS_AS(read(document), base::Error); };
  refuse(Json::array());
  refuse(Json::object());
  auto next = report("pass", {gate("pass", 0.8)});
  next["schema_version"] = 2;
  refuse(next);
  refuse(report("good", {gate("pass", 0.8)}));
  refuse(report("pass", {gate("fine", 0.8)}));
  refuse(report("pass", {gate("pass", 0.8, "fatal")}));
  auto odd = gate("pass", 0.8);
  odd["comparison"] = "==";
  refuse(report("pass", {odd}));
  auto no_list = report("pass", {gate("pass", 0.8)});
  no_list["gates"] = "gates";
  refuse(no_list);
  CHECK_THROWS_AS(read_gate_report("{\"schema_version\":1,\"schema_version\":1}", "x"), base::Error);
}
