#include "eval-gate/data_quality_gate.hpp"

#include <limits>

#include "support/catch.hpp"

using namespace eval_gate;
using Catch::Matchers::Contains;

namespace {

DataQualityGate gate(const std::string& keys) {
  return parse_data_quality_gate(base::parse_yaml("{name: d, kind: data-quality, " + keys + "}", "g.yaml"));
}

data::ColumnProfile numeric(const std::string& name, double mean, double deviation, std::uint64_t nulls = 0) {
  data::ColumnProfile column;
  column.name = name;
  column.type = data::ColumnType::real;
  column.nulls = nulls;
  column.numbers = data::NumericProfile{.finite = 100 - nulls, .mean = mean, .standard_deviation = deviation};
  return column;
}

data::ColumnProfile text(const std::string& name) {
  data::ColumnProfile column;
  column.name = name;
  return column;
}

data::Profile profile(std::vector<data::ColumnProfile> columns, std::uint64_t rows = 100) {
  data::Profile made;
  made.rows = rows;
  made.columns = std::move(columns);
  return made;
}

GateAnswer judged(const std::string& keys, const data::Profile& current, const data::Profile& reference) {
  GateAnswer answer;
  answer.checks = data_quality_checks(gate(keys), current, reference);
  return concluded(std::move(answer));
}

}  // namespace

TEST_CASE("two sigmas are within, more are not") {
  const auto reference = profile({numeric("bmi", 10, 2), text("note")});
  CHECK(judged("max-sigma: 2", profile({numeric("bmi", 14, 9), text("note")}), reference).status ==
        Status::pass);
  CHECK(judged("max-sigma: 2", profile({numeric("bmi", 6, 9), text("note")}), reference).status ==
        Status::pass);
  const auto answer = judged("max-sigma: 2", profile({numeric("bmi", 14.1, 9), text("note")}), reference);
  CHECK(answer.status == Status::fail);
  CHECK(*answer.deciding().value == Approx(2.05));
  CHECK(answer.deciding().subject == "column bmi");
}

TEST_CASE("a constant that changed fails, one that did not passes") {
  const auto reference = profile({numeric("k", 3, 0)});
  CHECK(judged("max-sigma: 2", profile({numeric("k", 3, 0)}), reference).status == Status::pass);
  CHECK(judged("max-sigma: 2", profile({numeric("k", 3.1, 0)}), reference).status == Status::fail);
}

TEST_CASE("columns that vanished, are unknown, or have no numbers now") {
  const auto reference = profile({numeric("bmi", 10, 2), numeric("age", 50, 9), text("note")});
  const auto current = profile({numeric("bmi", 10, 2), text("age"), text("note")});
  CHECK(judged("max-sigma: 2", profile({numeric("bmi", 10, 2)}), reference).status == Status::fail);
  CHECK(judged("max-sigma: 2", current, reference).status == Status::error);
  CHECK(judged("max-sigma: 2, exclude: age", current, reference).status == Status::pass);
  CHECK(judged("max-sigma: 2, columns: [bmi]", current, reference).status == Status::pass);
  CHECK(judged("max-sigma: 2, columns: [bim]", current, reference).status == Status::fail);
  CHECK(judged("max-sigma: 2, columns: [note]", current, reference).status == Status::error);
  CHECK_THROWS_WITH(judged("max-sigma: 2, exclude: bim", current, reference),
                    Contains("did you mean 'bmi'?"));
}

TEST_CASE("nulls and rows") {
  const auto reference = profile({numeric("bmi", 10, 2, 5)});
  const auto current = profile({numeric("bmi", 10, 2, 10)});
  CHECK(judged("max-null-share: 0.1", current, reference).status == Status::pass);
  CHECK(judged("max-null-share: 0.09", current, reference).status == Status::fail);
  CHECK(judged("max-null-increase: 0.05", current, reference).status == Status::pass);
  CHECK(judged("max-null-increase: 0.04", current, reference).status == Status::fail);
  CHECK(judged("min-rows: 100, max-rows: 100", current, reference).status == Status::pass);
  CHECK(judged("min-rows: 101", current, reference).status == Status::fail);
  CHECK(judged("max-null-share: 0.5", profile({numeric("bmi", 10, 2)}, 0), reference).status ==
        Status::error);
}

TEST_CASE("statistics that are no numbers never pass") {
  const auto reference = profile({numeric("bmi", std::numeric_limits<double>::quiet_NaN(), 2)});
  CHECK(judged("max-sigma: 2", profile({numeric("bmi", 1, 2)}), reference).status == Status::error);
}
