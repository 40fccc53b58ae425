#include "eval-gate/champion_gate.hpp"

#include "base/files.hpp"
#include "crypto/file_hash.hpp"
#include "eval-gate/evaluate.hpp"
#include "support/catch.hpp"

using namespace eval_gate;
using Catch::Matchers::Contains;

namespace {

ChampionGate gate(const std::string& keys) {
  return parse_champion_gate(base::parse_yaml("{name: c, kind: champion, " + keys + "}", "gates.yaml"));
}

Status judged(const std::string& keys, double candidate, double champion) {
  GateAnswer answer;
  answer.checks = champion_checks(gate(keys), candidate, champion);
  return concluded(std::move(answer)).status;
}

// A registry in which version 1 of "diabetes" is the champion.
class Registry {
 public:
  Registry() { base::write_file(directory_.path() / "model/model.bin", "weights"); }

  void add_champion(const model_registry::Tags& tags, const std::string& report) {
    model_registry::NewVersion version{.name = "diabetes", .key = "first"};
    version.model_directory = directory_.path() / "model";
    version.model = crypto::hash_tree(version.model_directory);
    version.tags = tags;
    if (!report.empty()) {
      const auto path = directory_.path() / "gate-report.json";
      base::write_file(path, report);
      version.attachments.push_back({"gate-report.json", path});
    }
    const auto registry = model_registry::open_registry(uri());
    const auto made = registry->register_version(version);
    registry->set_alias("diabetes", "champion", made.version.version, std::nullopt);
  }
  std::string uri() const { return (directory_.path() / "registry").string(); }

  GateAnswer judge(const std::string& keys, double candidate) const {
    const auto metrics = directory_.path() / "metrics.json";
    base::write_file(metrics, "{\"f1\": " + base::to_text(candidate) + "}");
    Config config;
    config.metrics = metrics;
    config.registry = uri();
    config.model_name = "diabetes";
    const Evidence evidence(config, {});
    return concluded(eval_gate::judge(gate(keys), evidence));
  }

 private:
  base::TemporaryDirectory directory_;
};

const std::string report = R"({"schema_version": 1, "verdict": "pass", "metrics": {"f1": 0.8}, "gates": []})";

}  // namespace

TEST_CASE("95 % of the champion, inclusive") {
  CHECK(judged("metric: f1, min-ratio: 0.5", 0.4, 0.8) == Status::pass);
  CHECK(judged("metric: f1, min-ratio: 0.5", 0.39, 0.8) == Status::fail);
  CHECK(judged("metric: f1, max-drop: 0.25", 0.5, 0.75) == Status::pass);
  CHECK(judged("metric: f1, max-drop: 0.25", 0.49, 0.75) == Status::fail);
  CHECK(judged("metric: f1, max-drop: 0", 0.9, 0.8) == Status::pass);
}

TEST_CASE("where lower is better the ratio turns round") {
  CHECK(judged("metric: rmse, min-ratio: 0.5", 2, 1) == Status::pass);
  CHECK(judged("metric: rmse, min-ratio: 0.5", 2.1, 1) == Status::fail);
  CHECK(judged("metric: rmse, max-drop: 0.5", 1.5, 1) == Status::pass);
  CHECK(judged("metric: rmse, max-drop: 0.5", 1.6, 1) == Status::fail);
  CHECK(judged("metric: rmse, min-ratio: 0.95", 0, 1) == Status::pass);
  CHECK(judged("metric: rmse, min-ratio: 0.95", 1, 0) == Status::fail);
}

TEST_CASE("a ratio to nothing is undefined, not passed") {
  CHECK(judged("metric: f1, min-ratio: 0.95", 0.5, 0) == Status::error);
  CHECK(judged("metric: r2, min-ratio: 0.95", 0.5, -0.2) == Status::error);
  CHECK(judged("metric: r2, max-drop: 0.1", 0.5, -0.2) == Status::pass);
  CHECK(judged("metric: f1, min-ratio: 0.95", std::nan(""), 0.5) == Status::error);
  CHECK(judged("metric: f1, min-ratio: 0.95", 0.5, std::nan("")) == Status::error);
}

TEST_CASE("the first run passes, fails, or is judged by absolute bounds") {
  const Registry registry;
  CHECK(registry.judge("metric: f1, min-ratio: 0.95", 0.7).status == Status::fail);
  CHECK(registry.judge("metric: f1, min-ratio: 0.95, first-run: pass", 0.7).status == Status::pass);
  const std::string absolute = "metric: f1, min-ratio: 0.95, first-run: absolute-only, min: 0.6";
  CHECK(registry.judge(absolute, 0.7).status == Status::pass);
  CHECK(registry.judge(absolute, 0.5).status == Status::fail);
  CHECK_THROWS_WITH(gate("metric: f1, min-ratio: 0.95, first-run: absolute-only"),
                    Contains("needs 'min' or 'max'"));
}

TEST_CASE("the champion's figure comes from its gate report, then from its tags") {
  Registry reported;
  reported.add_champion({{"metric.f1", "0.5"}}, report);
  const auto answer = reported.judge("metric: f1_score, min-ratio: 0.95", 0.79);
  CHECK(answer.status == Status::pass);
  CHECK(*answer.deciding().value == Approx(0.79 / 0.8).epsilon(1e-14));
  CHECK(answer.notes.front() == "champion: models:/diabetes/1");
  CHECK(reported.judge("metric: f1_score, min-ratio: 0.95", 0.7).status == Status::fail);

  Registry tagged;
  tagged.add_champion({{"metric.f1_score", "0.5"}}, "");
  CHECK(tagged.judge("metric: f1, min-ratio: 0.95", 0.5).status == Status::pass);
}

TEST_CASE("a champion without the metric fails, and absolute bounds hold beside the champion") {
  Registry registry;
  registry.add_champion({}, "");
  const auto answer = registry.judge("metric: f1, min-ratio: 0.95", 0.9);
  CHECK(answer.status == Status::fail);
  CHECK_THAT(answer.deciding().message, Contains("models:/diabetes/1 has no f1"));

  Registry low;
  low.add_champion({{"metric.f1", "0.3"}}, "");
  CHECK(low.judge("metric: f1, min-ratio: 0.95, min: 0.6", 0.5).status == Status::fail);
}
