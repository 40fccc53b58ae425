#include "stats/ranking.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "base/error.hpp"
#include "support/catch.hpp"

using stats::ClassMean;

namespace {

const std::vector<char> truth{0, 1, 1, 0, 1, 0, 1, 1, 0, 0};
const std::vector<double> scores{.1, .4, .4, .4, .8, .2, .9, .35, .35, .7};

Approx near(double value) {
  return Approx(value).epsilon(1e-14);
}

}  // namespace

TEST_CASE("areas with ties: golden values") {
  CHECK(stats::roc_auc(truth, scores) == near(0.78));
  CHECK(stats::average_precision(truth, scores) == near(0.79166666666666652));
}

TEST_CASE("operating points have one entry per distinct score") {
  const auto points = stats::operating_points(truth, scores);
  REQUIRE(points.size() == 7);
  CHECK(points.front().threshold == 0.9);
  CHECK(points.front().true_positives == 1);
  CHECK(points.front().false_positives == 0);
  CHECK(points[3].threshold == 0.4);
  CHECK(points[3].true_positives == 4);
  CHECK(points[3].false_positives == 2);
  CHECK(points.back().true_positives == 5);
  CHECK(points.back().false_positives == 5);
}

TEST_CASE("one class only is undefined") {
  CHECK(std::isnan(stats::roc_auc(std::vector<char>{1, 1}, std::vector<double>{.2, .3})));
  CHECK(std::isnan(stats::roc_auc(std::vector<char>{0, 0}, std::vector<double>{.2, .3})));
  CHECK(std::isnan(stats::roc_auc({}, {})));
  CHECK(std::isnan(stats::average_precision(std::vector<char>{0, 0}, std::vector<double>{.2, .3})));
  CHECK(stats::average_precision(std::vector<char>{1, 1}, std::vector<double>{.2, .3}) == 1);
}

TEST_CASE("constant scores rank nothing") {
  const std::vector<double> constant(truth.size(), 0.5);
  CHECK(stats::roc_auc(truth, constant) == 0.5);
  CHECK(stats::average_precision(truth, constant) == 0.5);
}

TEST_CASE("scores that cannot be ranked are refused") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(stats::roc_auc(std::vector<char>{0, 1}, std::vector<double>{.2, nan}), base::Error);
  CHECK_THROWS_AS(stats::roc_auc(std::vector<char>{0, 1}, std::vector<double>{.2}), base::Error);
}

TEST_CASE("areas of three classes: golden values of scikit-learn 1.9.1") {
  const std::vector<int> classes{0, 1, 2, 2, 1, 0, 2};
  const std::vector<double> matrix{.6, .3, .1, .2, .5, .3, .1, .2, .7, .5, .2,
                                   .3, .3, .4, .3, .4, .5, .1, .2, .2, .6};
  CHECK(stats::roc_auc_ovr(classes, matrix, 3, ClassMean::macro) == near(0.8888888888888888));
  CHECK(stats::roc_auc_ovr(classes, matrix, 3, ClassMean::weighted) == near(0.8928571428571429));
  CHECK(stats::roc_auc_ovo(classes, matrix, 3, ClassMean::macro) == near(0.8819444444444445));
  CHECK(stats::roc_auc_ovo(classes, matrix, 3, ClassMean::weighted) == near(0.8869047619047619));
}
