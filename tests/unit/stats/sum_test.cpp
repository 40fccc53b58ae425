#include "stats/sum.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "support/catch.hpp"

using stats::Deviation;

TEST_CASE("a sum keeps what a plain loop would lose") {
  stats::Sum sum;
  sum.add(1e16);
  for (int i = 0; i < 10; ++i) sum.add(1.0);
  sum.add(-1e16);
  CHECK(sum.value() == 10.0);
}

TEST_CASE("infinity and NaN pass through a sum") {
  stats::Sum sum;
  sum.add(std::numeric_limits<double>::infinity());
  sum.add(1);
  CHECK(sum.value() == std::numeric_limits<double>::infinity());
  sum.add(-std::numeric_limits<double>::infinity());
  CHECK(std::isnan(sum.value()));
}

TEST_CASE("mean and deviation of few values") {
  const std::vector<double> values{2, 4, 4, 4, 5, 5, 7, 9};
  CHECK(stats::mean(values) == 5.0);
  CHECK(stats::standard_deviation(values, Deviation::population) == 2.0);
  CHECK(stats::standard_deviation(values, Deviation::sample) == Approx(std::sqrt(32.0 / 7)).epsilon(1e-14));
  CHECK(std::isnan(stats::mean({})));
  CHECK(std::isnan(stats::standard_deviation(std::vector<double>{1}, Deviation::sample)));
  CHECK(stats::standard_deviation(std::vector<double>{1}, Deviation::population) == 0);
}
