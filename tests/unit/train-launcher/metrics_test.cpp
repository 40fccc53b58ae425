#include "train-launcher/metrics.hpp"

#include <cmath>
#include <functional>

#include "base/error.hpp"
#include "base/files.hpp"
#include "support/catch.hpp"

using train_launcher::MetricPattern;
using train_launcher::Metrics;
using train_launcher::Pattern;

namespace {

using Values = std::map<std::string, double, std::less<>>;

Values found_in(std::string_view line) {
  Metrics metrics;
  train_launcher::find_metrics(line, metrics);
  return metrics.values();
}

Values found_by(const std::string& pattern, std::string_view line) {
  Metrics metrics;
  MetricPattern(Pattern::parse(pattern)).find(line, metrics);
  return metrics.values();
}

Values read_from(const std::string& name, const std::string& content) {
  const base::TemporaryDirectory directory;
  base::write_file(directory.path() / name, content);
  Metrics metrics;
  train_launcher::read_metrics_file(directory.path() / name, metrics);
  return metrics.values();
}

}  // namespace

TEST_CASE("name=value is a metric wherever it stands in a line") {
  CHECK(found_in("loss=0.25") == Values{{"loss", 0.25}});
  CHECK(found_in("[12:00] epoch=3 loss = 1e-3, val/acc=+0.5;") ==
        Values{{"epoch", 3}, {"loss", 1e-3}, {"val/acc", 0.5}});
  CHECK(found_in("(auc=0.75) map@50=-1 done=45%") == Values{{"auc", 0.75}, {"map@50", -1}, {"done", 45}});
  CHECK(std::isnan(found_in("loss=nan").at("loss")));
  CHECK(std::isinf(found_in("loss=-inf").at("loss")));
}

TEST_CASE("what only looks like a metric is none") {
  for (const auto* line : {"", "=", "a=", "=3", "a=b", "loss=0.5x", "loss==3", "3=4", "-x=4", "url?a=1",
                           "a=0x10", "loss=information", "x[\"a\"]=1"}) {
    CAPTURE(line);
    CHECK(found_in(line).empty());
  }
}

TEST_CASE("a line that is a JSON object gives its numbers") {
  CHECK(found_in(R"(  {"loss": 0.5, "step": 3, "name": "a=1", "ok": true, "deep": {"x": 1}} )") ==
        Values{{"loss", 0.5}, {"step", 3}});
  CHECK(found_in(R"({"loss": 0.5)").empty());
  CHECK(found_in(R"({"bad name": 1})").empty());
  CHECK(found_in("{" + std::string(100'000, '[') + "}").empty());
}

TEST_CASE("the last value counts and each one is announced") {
  Metrics metrics;
  std::vector<double> seen;
  metrics.on_value = [&](const std::string&, double value) { seen.push_back(value); };
  train_launcher::find_metrics("loss=3 loss=2", metrics);
  train_launcher::find_metrics("loss=1", metrics);
  CHECK(metrics.values() == Values{{"loss", 1}});
  CHECK(seen == std::vector<double>{3, 2, 1});
}

TEST_CASE("a log full of names does not fill the memory") {
  Metrics metrics;
  for (int i = 0; i < 5000; ++i) metrics.set("m" + std::to_string(i), i);
  CHECK(metrics.values().size() == 1000);
  metrics.set("m1", 7);
  CHECK(metrics.values().at("m1") == 7);
}

TEST_CASE("a value that JSON cannot say is null") {
  Metrics metrics;
  metrics.set("loss", std::nan(""));
  metrics.set("acc", 0.5);
  CHECK(metrics.to_json().dump() == R"({"acc":0.5,"loss":null})");
}

TEST_CASE("a pattern with a name and one group, or with two groups") {
  CHECK(found_by("accuracy=val_acc: ([0-9.]+)", "epoch 3 val_acc: 0.91") == Values{{"accuracy", 0.91}});
  CHECK(found_by("(\\w+): ([0-9.]+)", "acc: 0.5, f1: 0.25") == Values{{"acc", 0.5}, {"f1", 0.25}});
  CHECK(found_by("acc=a=([a-z0-9.]+)", "a=0.5") == Values{{"acc", 0.5}});
  CHECK(found_by("acc=a=([a-z0-9.]+)", "a=none").empty());
  for (const auto* bad : {"acc", "acc=0.5", "([0-9]+)", "(a)(b)(c)", "bad name=(1)"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(MetricPattern(Pattern::parse(bad)), base::Error);
  }
  CHECK_THROWS_AS(Pattern::parse("acc=([0-9"), base::Error);
}

TEST_CASE("a very long line is searched at its start only") {
  const std::string tail = std::string(1'000'000, 'a') + " acc: 3";
  CHECK(found_by("(\\w+): ([0-9.]+)", "acc: 1 " + tail) == Values{{"acc", 1}});
  CHECK(found_by("x=(.*)b", std::string(1'000'000, 'a')).empty());
}

TEST_CASE("a metrics file may be JSON or YAML, with metrics inside metrics") {
  const Values expected{{"acc", 0.5}, {"test.auc", 0.75}, {"test.n", 3}};
  CHECK(read_from("m.json", R"({"acc":0.5,"test":{"auc":0.75,"n":3,"set":"a"},"list":[1],"ok":true})") ==
        expected);
  CHECK(read_from("m.yaml", "acc: 0.5\ntest:\n  auc: 0.75\n  n: 3\n") == expected);
}

TEST_CASE("a metrics file that does not parse is an error with its place") {
  const auto message_of = [](const std::string& name, const std::string& content) -> std::string {
    try {
      read_from(name, content);
    } catch (const base::Error& error) {
      CHECK(error.kind() == base::ErrorKind::input);
      return error.message();
    }
    return "";
  };
  CHECK(message_of("m.json", "{\"acc\": NaN}").find("m.json:1:") != std::string::npos);
  CHECK(message_of("m.json", "[1]").find("expected an object of names and numbers") != std::string::npos);
  CHECK(message_of("m.yaml", "a: [").find("m.yaml:") != std::string::npos);
}
