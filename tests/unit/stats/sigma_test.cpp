#include "stats/sigma.hpp"

#include <cmath>
#include <limits>

#include "support/catch.hpp"

TEST_CASE("a shift is counted in deviations of the reference") {
  CHECK(stats::mean_shift_in_sigmas(14, 10, 2) == 2);
  CHECK(stats::mean_shift_in_sigmas(6, 10, 2) == -2);
}

TEST_CASE("a constant reference admits no shift") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(stats::mean_shift_in_sigmas(10, 10, 0) == 0);
  CHECK(stats::mean_shift_in_sigmas(10.5, 10, 0) == infinity);
  CHECK(stats::mean_shift_in_sigmas(9.5, 10, 0) == -infinity);
  CHECK(std::isnan(stats::mean_shift_in_sigmas(std::nan(""), 10, 0)));
  CHECK(std::isnan(stats::mean_shift_in_sigmas(1, 10, std::nan(""))));
}
