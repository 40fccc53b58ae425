#include "stats/probability.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "base/error.hpp"
#include "support/catch.hpp"

namespace {

const std::vector<char> truth{0, 1, 1, 0, 1, 0, 1, 1, 0, 0};
const std::vector<double> scores{.1, .4, .4, .4, .8, .2, .9, .35, .35, .7};

Approx near(double value) {
  return Approx(value).epsilon(1e-14);
}

}  // namespace

TEST_CASE("log loss and Brier score: golden values") {
  CHECK(stats::log_loss(truth, scores) == near(0.56849930663754411));
  CHECK(stats::brier_score(truth, scores) == near(0.2015));
}

TEST_CASE("certain and wrong costs a finite amount") {
  CHECK(stats::log_loss(std::vector<char>{1, 0, 1}, std::vector<double>{0, 0, 1}) ==
        near(12.014551129705717));
}

TEST_CASE("log loss of three classes: golden value of scikit-learn 1.9.1") {
  const std::vector<int> classes{0, 1, 2, 2, 1, 0, 2};
  const std::vector<double> matrix{.6, .3, .1, .2, .5, .3, .1, .2, .7, .5, .2,
                                   .3, .3, .4, .3, .4, .5, .1, .2, .2, .6};
  CHECK(stats::log_loss(classes, matrix, 3) == near(0.7297182343007007));
}

TEST_CASE("what is no probability is refused") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double bad : {-0.01, 1.01, nan, std::numeric_limits<double>::infinity()}) {
    CHECK_THROWS_AS(stats::log_loss(std::vector<char>{1}, std::vector<double>{bad}), base::Error);
    CHECK_THROWS_AS(stats::brier_score(std::vector<char>{1}, std::vector<double>{bad}), base::Error);
  }
  CHECK_THROWS_AS(stats::log_loss(std::vector<int>{0}, std::vector<double>{.5, .4}, 2), base::Error);
  CHECK_THROWS_AS(stats::log_loss(std::vector<char>{1, 0}, std::vector<double>{.5}), base::Error);
  CHECK(std::isnan(stats::log_loss(std::vector<char>{}, {})));
}

TEST_CASE("the calibration curve leaves empty bins out and counts an edge below") {
  const auto curve = stats::calibration_curve(truth, scores);
  REQUIRE(curve.size() == 6);
  CHECK(curve[2].mean_probability == near(0.38));
  CHECK(curve[2].positive_share == near(0.6));
  CHECK(curve[2].rows == 5);
  CHECK(curve[5].mean_probability == near(0.9));
}
