#include "stats/metric.hpp"

#include <set>

#include "base/error.hpp"
#include "support/catch.hpp"

using stats::Average;
using stats::Direction;
using stats::Measure;
using stats::Metric;
using stats::Outcomes;

namespace {

Outcomes two_classes() {
  Outcomes outcomes;
  outcomes.rows = 4;
  outcomes.classes = {"0", "1"};
  outcomes.positive = 1;
  outcomes.truth = {0, 1, 1, 0};
  outcomes.predicted = {0, 1, 0, 0};
  outcomes.scores = {.1, .9, .4, .3};
  return outcomes;
}

}  // namespace

TEST_CASE("names of scikit-learn and MLflow lead to one metric") {
  CHECK(stats::find_metric("accuracy_score") == stats::find_metric("accuracy"));
  CHECK(stats::find_metric("precision_recall_auc") == stats::find_metric("average_precision_score"));
  CHECK(stats::find_metric("f1_score_macro") == stats::find_metric("f1_macro"));
  CHECK(stats::find_metric("f1_macro")->average == Average::macro);
  CHECK(stats::find_metric("rmse")->name() == "root_mean_squared_error");
  CHECK_FALSE(stats::find_metric("accuracy_macro"));
  CHECK_FALSE(stats::find_metric("roc_auc_ovr_micro"));
  CHECK_FALSE(stats::find_metric("acuracy"));
  CHECK_FALSE(stats::find_metric(""));
}

TEST_CASE("every listed name is found, and a canonical name leads back to its metric") {
  for (const auto& name : stats::metric_names()) {
    INFO(name);
    const auto metric = stats::find_metric(name);
    REQUIRE(metric);
    CHECK(stats::find_metric(metric->name()) == metric);
    CHECK_FALSE(metric->formula().empty());
  }
  CHECK(Metric{Measure::f_beta, Average::macro, 0.5}.name() == "fbeta_0.5_macro");
}

TEST_CASE("the listed metrics have different names") {
  std::set<std::string> names;
  auto all = stats::classification_metrics();
  for (const auto& metric : stats::regression_metrics()) all.push_back(metric);
  for (const auto& metric : all) CHECK(names.insert(metric.name()).second);
}

TEST_CASE("errors are better when lower") {
  CHECK(stats::find_metric("log_loss")->direction() == Direction::lower_is_better);
  CHECK(stats::find_metric("mae")->direction() == Direction::lower_is_better);
  CHECK(stats::find_metric("r2")->direction() == Direction::higher_is_better);
}

TEST_CASE("a metric says what it lacks") {
  auto outcomes = two_classes();
  CHECK(stats::evaluate(*stats::find_metric("accuracy"), outcomes) == 0.75);
  CHECK(stats::evaluate(*stats::find_metric("roc_auc"), outcomes) == 1);
  outcomes.scores.clear();
  CHECK(stats::lacks(*stats::find_metric("roc_auc"), outcomes) == "needs a score column");
  CHECK_THROWS_AS(stats::evaluate(*stats::find_metric("roc_auc"), outcomes), base::Error);
  CHECK(stats::lacks(*stats::find_metric("r2"), outcomes) == "needs numbers to predict");
  CHECK(stats::lacks(*stats::find_metric("roc_auc_ovr"), outcomes) == "needs a score column for each class");
  outcomes.predicted.clear();
  CHECK(stats::lacks(*stats::find_metric("f1"), outcomes) == "needs a prediction column");
}

TEST_CASE("a binary average of three classes is refused with a hint") {
  auto outcomes = two_classes();
  outcomes.classes.push_back("2");
  CHECK(stats::lacks(*stats::find_metric("f1"), outcomes) ==
        "is of two classes, and there are 3; say average: micro, macro or weighted");
  CHECK_FALSE(stats::lacks(*stats::find_metric("f1_macro"), outcomes));
  CHECK(stats::lacks(*stats::find_metric("roc_auc"), outcomes) == "is of two classes, and there are 3");
}

TEST_CASE("rows of a slice keep all columns together") {
  auto outcomes = two_classes();
  outcomes.class_scores = {.9, .1, .1, .9, .6, .4, .7, .3};
  const auto slice = outcomes.rows_of({1, 2});
  CHECK(slice.rows == 2);
  CHECK(slice.truth == std::vector<int>{1, 1});
  CHECK(slice.predicted == std::vector<int>{1, 0});
  CHECK(slice.scores == std::vector<double>{.9, .4});
  CHECK(slice.class_scores == std::vector<double>{.1, .9, .6, .4});
  CHECK(stats::evaluate(*stats::find_metric("accuracy"), slice) == 0.5);
}

TEST_CASE("intervals exist for shares and areas") {
  const auto outcomes = two_classes();
  CHECK(stats::confidence_interval(*stats::find_metric("accuracy"), outcomes, 0.95));
  CHECK(stats::confidence_interval(*stats::find_metric("recall"), outcomes, 0.95));
  CHECK(stats::confidence_interval(*stats::find_metric("roc_auc"), outcomes, 0.95));
  CHECK_FALSE(stats::confidence_interval(*stats::find_metric("f1"), outcomes, 0.95));
  CHECK_FALSE(stats::confidence_interval(*stats::find_metric("recall_macro"), outcomes, 0.95));
}

TEST_CASE("a metric knows its range") {
  CHECK(stats::find_metric("accuracy")->range().high == 1);
  CHECK(stats::find_metric("mcc")->range().low == -1);
  CHECK(stats::find_metric("brier_score")->range().high == 1);
  CHECK(stats::find_metric("rmse")->range().low == 0);
  CHECK(stats::find_metric("r2")->range().low < -1e300);
}
