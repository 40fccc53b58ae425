#include "stats/interval.hpp"

#include <cmath>
#include <numeric>
#include <vector>

#include "stats/ranking.hpp"
#include "support/catch.hpp"

namespace {

Approx near(double value) {
  return Approx(value).epsilon(1e-12);
}

// 1, 2, … n, so that a bound is its own rank.
std::vector<double> ranks(int n) {
  std::vector<double> values(static_cast<std::size_t>(n));
  std::iota(values.begin(), values.end(), 1.0);
  return values;
}

}  // namespace

TEST_CASE("normal quantiles: golden values of SciPy") {
  CHECK(stats::normal_quantile(1e-10) == near(-6.361340902404056));
  CHECK(stats::normal_quantile(0.01) == near(-2.3263478740408408));
  CHECK(stats::normal_quantile(0.3) == near(-0.5244005127080409));
  CHECK(std::abs(stats::normal_quantile(0.5)) < 1e-15);
  CHECK(stats::normal_quantile(0.975) == near(1.959963984540054));
  CHECK(stats::normal_quantile(0.999999) == near(4.753424308817087));
}

TEST_CASE("Wilson's interval: golden values of SciPy") {
  const auto middle = stats::wilson_interval(83, 100, 0.95);
  REQUIRE(middle);
  CHECK(middle->low == near(0.7445199523239887));
  CHECK(middle->high == near(0.8910643388594006));
  const auto all = stats::wilson_interval(10, 10, 0.95);
  REQUIRE(all);
  CHECK(all->low == near(0.7224672001371109));
  CHECK(all->high == near(1));
  CHECK_FALSE(stats::wilson_interval(0, 0, 0.95));
}

TEST_CASE("DeLong's interval by its definition") {
  const std::vector<char> truth{0, 1, 1, 0, 1, 0, 1, 1, 0, 0};
  const std::vector<double> scores{.1, .4, .4, .4, .8, .2, .9, .35, .35, .7};
  // The placements, pair by pair.
  std::vector<double> of_positives;
  std::vector<double> of_negatives;
  for (const char side : {char{1}, char{0}}) {
    for (std::size_t i = 0; i < truth.size(); ++i) {
      if (truth[i] != side) continue;
      double beaten = 0;
      for (std::size_t j = 0; j < truth.size(); ++j) {
        if (truth[j] != side) beaten += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
      }
      (side != 0 ? of_positives : of_negatives).push_back(beaten / 5);
    }
  }
  const auto variance = [](const std::vector<double>& values) {
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / 5;
    double sum = 0;
    for (const double value : values) sum += (value - mean) * (value - mean);
    return sum / 4;
  };
  const double half = 1.959963984540054 * std::sqrt(variance(of_positives) / 5 + variance(of_negatives) / 5);
  const auto interval = stats::delong_interval(truth, scores, 0.95);
  REQUIRE(interval);
  CHECK(interval->low == near(0.78 - half));
  CHECK(interval->high == near(std::min(1.0, 0.78 + half)));
  CHECK_FALSE(stats::delong_interval(std::vector<char>{1, 0}, std::vector<double>{.3, .2}, 0.95));
}

TEST_CASE("quantiles interpolate as NumPy does") {
  CHECK(stats::quantile(std::vector<double>{1, 2, 4}, 0.5) == 2);
  CHECK(stats::quantile(std::vector<double>{1, 2, 4}, 0.75) == 3);
  CHECK(stats::quantile(std::vector<double>{1, 2, 4}, 0) == 1);
  CHECK(stats::quantile(std::vector<double>{1, 2, 4}, 1) == 4);
  CHECK(stats::quantile(std::vector<double>{7}, 0.3) == 7);
  CHECK(std::isnan(stats::quantile({}, 0.5)));
}

TEST_CASE("bounds from order statistics: golden values of SciPy's quantile_test") {
  const auto p99 = stats::quantile_bounds(ranks(1000), 0.99, 0.95);
  CHECK(p99.lower == 985.0);
  CHECK(p99.upper == 996.0);
  const auto median = stats::quantile_bounds(ranks(100), 0.5, 0.95);
  CHECK(median.lower == 42.0);
  CHECK(median.upper == 59.0);
}

TEST_CASE("an upper bound for p99 needs 299 samples at 95 % and 459 at 99 %") {
  CHECK(stats::samples_for_upper_bound(0.99, 0.95) == 299);
  CHECK(stats::samples_for_upper_bound(0.99, 0.99) == 459);
  CHECK(stats::quantile_bounds(ranks(299), 0.99, 0.95).upper == 299.0);
  CHECK_FALSE(stats::quantile_bounds(ranks(298), 0.99, 0.95).upper);
  CHECK(stats::quantile_bounds(ranks(298), 0.99, 0.95).lower == 292.0);
  CHECK_FALSE(stats::quantile_bounds({}, 0.99, 0.95).upper);
}

TEST_CASE("bounds of very many samples") {
  const auto bounds = stats::quantile_bounds(ranks(200'000), 0.99, 0.95);
  // 200000 * 0.99 plus or minus 1.645 standard deviations of 44.5.
  CHECK(*bounds.upper == Approx(198'074).margin(3));
  CHECK(*bounds.lower == Approx(197'926).margin(3));
}
