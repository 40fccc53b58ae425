#include "stats/regression.hpp"

#include <cmath>
#include <vector>

#include "base/error.hpp"
#include "support/catch.hpp"

namespace {

using Values = std::vector<double>;
const Values truth{3, -0.5, 2, 7, 4.2};
const Values predicted{2.5, 0, 2.1, 7.8, 4};

Approx near(double value) {
  return Approx(value).epsilon(1e-13);
}

}  // namespace

TEST_CASE("regression: golden values of scikit-learn 1.9.1") {
  CHECK(stats::r_squared(truth, predicted) == near(0.9611009414225942));
  CHECK(stats::mean_absolute_error(truth, predicted) == near(0.42));
  CHECK(stats::mean_squared_error(truth, predicted) == near(0.238));
  CHECK(stats::root_mean_squared_error(truth, predicted) == near(0.48785243670601863));
  CHECK(stats::mean_absolute_percentage_error(truth, predicted) == near(0.27571428571428575));
}

TEST_CASE("a zero in the truth makes the percentage error huge") {
  CHECK(stats::mean_absolute_percentage_error(Values{0, 1}, Values{0.1, 1}) == near(225179981368524.81));
}

TEST_CASE("R squared at its edges") {
  CHECK(stats::r_squared(Values{2, 2}, Values{2, 2}) == 1);
  CHECK(stats::r_squared(Values{2, 2}, Values{2, 3}) == 0);
  CHECK(std::isnan(stats::r_squared(Values{2}, Values{2})));
  CHECK(std::isnan(stats::r_squared({}, {})));
}

TEST_CASE("lengths that differ are refused, empty ones are undefined") {
  CHECK_THROWS_AS(stats::mean_squared_error(Values{1, 2}, Values{1}), base::Error);
  CHECK(std::isnan(stats::mean_absolute_error({}, {})));
}
