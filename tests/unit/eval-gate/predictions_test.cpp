#include "eval-gate/predictions.hpp"

#include "base/files.hpp"
#include "support/catch.hpp"

using namespace eval_gate;
using Catch::Matchers::Contains;

namespace {

PredictionColumns columns(const std::string& yaml) {
  return parse_prediction_columns(base::parse_yaml(yaml, "gates.yaml"));
}

Predictions read(const std::string& csv, const std::string& yaml) {
  base::TemporaryDirectory directory;
  const auto path = directory.path() / "predictions.csv";
  base::write_file(path, csv);
  return read_predictions(path, columns(yaml));
}

std::string message_of(const std::string& csv, const std::string& yaml) {
  try {
    read(csv, yaml);
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::input);
    return error.message();
  }
  return "";
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("labels of different types meet by their values") {
  const auto predictions = read("y,p\n1,1.0\n0,0.0\n0,1.0\n", "{label: y, prediction: p}");
  CHECK(predictions.outcomes.classes == Texts{"0", "1"});
  CHECK(predictions.outcomes.truth == std::vector<int>{1, 0, 0});
  CHECK(predictions.outcomes.predicted == std::vector<int>{1, 0, 1});
  CHECK(predictions.outcomes.positive == std::size_t{1});
}

TEST_CASE("true is the positive class of a boolean column") {
  const auto predictions =
      read("y,p\ntrue,false\nfalse,false\n", "{label: y, prediction: p, positive: true}");
  CHECK(predictions.outcomes.positives() == std::vector<char>{1, 0});
}

TEST_CASE("classes sort as numbers when they all are") {
  CHECK(read("y,p\n10,9\n9,2\n", "{label: y, prediction: p}").outcomes.classes == Texts{"2", "9", "10"});
  CHECK(read("y,p\nb,a\na,a\n", "{label: y, prediction: p}").outcomes.classes == Texts{"a", "b"});
}

TEST_CASE("a score stands in for a prediction") {
  const auto predictions = read("y,s\n1,0.3\n0,0.29\n1,0.9\n", "{label: y, score: s, threshold: 0.3}");
  CHECK(predictions.outcomes.predicted == std::vector<int>{1, 0, 1});
  const auto named = read("y,s\nyes,0.6\nno,0.2\n", "{label: y, score: s, positive: yes}");
  CHECK(named.outcomes.classes == Texts{"no", "yes"});
  CHECK(named.outcomes.predicted == std::vector<int>{1, 0});
}

TEST_CASE("one class only still knows the other") {
  const auto predictions = read("y,s\n1,0.3\n1,0.9\n", "{label: y, score: s}");
  CHECK(predictions.outcomes.classes == Texts{"0", "1"});
  CHECK(predictions.outcomes.predicted == std::vector<int>{0, 1});
}

TEST_CASE("a column of scores for each class") {
  const auto predictions =
      read("y,a,b,c\nB,.2,.5,.3\nC,.4,.2,.4\n", "{label: y, scores: {A: a, B: b, C: c}}");
  CHECK(predictions.outcomes.class_scores == std::vector<double>{.2, .5, .3, .4, .2, .4});
  CHECK(predictions.outcomes.predicted == std::vector<int>{1, 0});
  CHECK_THAT(message_of("y,a,b\nZ,.2,.5\n", "{label: y, scores: {A: a, B: b}}"),
             Contains("class 'Z' occurs but has no column"));
}

TEST_CASE("groups, their combinations, and rows without a value") {
  const auto predictions = read("y,p,sex,age\n1,1,F,old\n0,0,M,\n1,0,F,young\n",
                                "{label: y, prediction: p, sensitive: [sex, age]}");
  const auto by_sex = predictions.grouped_by({"sex"});
  REQUIRE(by_sex.size() == 2);
  CHECK(by_sex[0].name == "sex=F");
  CHECK(by_sex[0].rows == std::vector<std::size_t>{0, 2});
  const auto both = predictions.grouped_by({"sex", "age"});
  REQUIRE(both.size() == 3);
  CHECK(both[2].name == "sex=M, age=(missing)");
  CHECK(both[2].values == "M, (missing)");
}

TEST_CASE("what cannot be judged is said with its place") {
  CHECK_THAT(message_of("y,p\n1,1\n,1\n", "{label: y, prediction: p}"),
             Contains("column 'y' is empty in row 2"));
  CHECK_THAT(message_of("y,p\n1,1\n2,1\n", "{label: y, prediction: p, labels: [0, 1]}"),
             Contains("column 'y' is '2' in row 2; the labels are 0, 1"));
  CHECK_THAT(message_of("y,p\na,a\nb,b\n", "{label: y, prediction: p, positive: c}"),
             Contains("positive class 'c' does not occur; the classes are a, b"));
  CHECK_THAT(message_of("y,s\n1,high\n0,low\n", "{label: y, score: s}"),
             Contains("holds text; expected numbers"));
  CHECK_THAT(message_of("y,s\n1,0.5\n0,\n", "{label: y, score: s}"),
             Contains("column 's' is empty in row 2"));
  CHECK_THAT(message_of("y,s\na,0.5\nb,0.2\n", "{label: y, score: s}"), Contains("name the positive one"));
  CHECK_THAT(message_of("y,p\n", "{label: y, prediction: p}"), Contains("has no rows"));
  CHECK_THAT(message_of("y,q\n1,1\n", "{label: y, prediction: p}"), Contains("'p'"));
}

TEST_CASE("columns that make no sense together are refused") {
  CHECK_THROWS_WITH(columns("{label: y}"), Contains("'prediction', 'score' or 'scores'"));
  CHECK_THROWS_WITH(columns("{label: y, score: s, scores: {a: b, c: d}}"), Contains("exclude each other"));
  CHECK_THROWS_WITH(columns("{label: y, score: s, threshold: 1.5}"), Contains("from 0 to 1"));
  CHECK_THROWS_WITH(columns("{task: regression, label: y, prediction: p, positive: 1}"),
                    Contains("no meaning for regression"));
  CHECK_THROWS_WITH(columns("{label: y, prediction: p, positive: 2, labels: [0, 1]}"),
                    Contains("not among 'labels'"));
}
