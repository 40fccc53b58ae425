#include "stats/interval.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <vector>

#include "stats/sum.hpp"

namespace stats {
namespace {

template <std::size_t N>
double polynomial(const std::array<double, N>& coefficients, double x) {
  double value = 0;
  for (const double coefficient : coefficients) value = value * x + coefficient;
  return value;
}

// P. J. Acklam, "An algorithm for computing the inverse normal cumulative distribution function" (2003),
// for p up to a half.
double acklam(double p) {
  constexpr std::array<double, 6> a{-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                                    1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
  constexpr std::array<double, 6> b{-5.447609879822406e+01, 1.615858368580409e+02,  -1.556989798598866e+02,
                                    6.680131188771972e+01,  -1.328068155288572e+01, 1.0};
  constexpr std::array<double, 6> c{-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                                    -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
  constexpr std::array<double, 5> d{7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                                    3.754408661907416e+00, 1.0};
  constexpr double edge = 0.02425;
  if (p < edge) {
    const double q = std::sqrt(-2 * std::log(p));
    return polynomial(c, q) / polynomial(d, q);
  }
  const double q = p - 0.5;
  return polynomial(a, q * q) * q / polynomial(b, q * q);
}

double normal_cdf(double z) {
  return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

// The rank of each value in its own list, ties sharing the mean of theirs, from 1.
std::vector<double> midranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (std::size_t i = begin; i < end; ++i) ranks[order[i]] = static_cast<double>(begin + end + 1) / 2;
    begin = end;
  }
  return ranks;
}

// The variance of the mean placement: for each value of one class, the share of the other class's values that
// it beats, from the ranks among all and among its own.
double placement_variance(std::span<const double> among_all, const std::vector<double>& own, double others) {
  std::vector<double> placements(own.size());
  for (std::size_t i = 0; i < own.size(); ++i) placements[i] = (among_all[i] - own[i]) / others;
  const double deviation = standard_deviation(placements, Deviation::sample);
  return deviation * deviation / static_cast<double>(own.size());
}

// The least k for which `accept` takes P(B <= k), B binomial with n and p; n when there is none below.
template <class Accept>
std::uint64_t first_binomial(std::uint64_t n, double p, Accept accept) {
  Sum cumulated;
  const double log_odds_p = std::log(p);
  const double log_odds_q = std::log1p(-p);
  const auto count = static_cast<double>(n);
  for (std::uint64_t k = 0; k < n; ++k) {
    const auto at = static_cast<double>(k);
    cumulated.add(std::exp(std::lgamma(count + 1) - std::lgamma(at + 1) - std::lgamma(count - at + 1) +
                           at * log_odds_p + (count - at) * log_odds_q));
    if (accept(cumulated.value())) return k;
  }
  return n;
}

}  // namespace

double normal_quantile(double p) {
  if (p > 0.5) return -normal_quantile(1 - p);  // the lower tail keeps its digits
  const double z = acklam(p);
  const double error = normal_cdf(z) - p;
  const double step = error * std::sqrt(2 * std::numbers::pi) * std::exp(z * z / 2);
  return z - step / (1 + z * step / 2);
}

std::optional<Interval> wilson_interval(double successes, double trials, double confidence) {
  if (!(trials > 0)) return std::nullopt;
  const double z = normal_quantile(0.5 + confidence / 2);
  const double share = successes / trials;
  const double scale = 1 + z * z / trials;
  const double center = (share + z * z / (2 * trials)) / scale;
  const double half = z / scale * std::sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials));
  return Interval{std::max(0.0, center - half), std::min(1.0, center + half)};
}

std::optional<Interval> delong_interval(std::span<const char> positive, std::span<const double> scores,
                                        double confidence) {
  std::vector<double> above;
  std::vector<double> below;
  for (std::size_t i = 0; i < scores.size(); ++i) (positive[i] != 0 ? above : below).push_back(scores[i]);
  if (above.size() < 2 || below.size() < 2) return std::nullopt;
  std::vector<double> all = above;
  all.insert(all.end(), below.begin(), below.end());
  const auto ranks = midranks(all);
  const auto m = static_cast<double>(above.size());
  const auto n = static_cast<double>(below.size());
  const std::span<const double> ranks_above(ranks.data(), above.size());
  const std::span<const double> ranks_below(ranks.data() + above.size(), below.size());
  Sum sum;
  for (const double rank : ranks_above) sum.add(rank);
  const double area = (sum.value() - m * (m + 1) / 2) / (m * n);
  const double variance = placement_variance(ranks_above, midranks(above), n) +
                          placement_variance(ranks_below, midranks(below), m);
  const double half = normal_quantile(0.5 + confidence / 2) * std::sqrt(variance);
  return Interval{std::max(0.0, area - half), std::min(1.0, area + half)};
}

double quantile(std::span<const double> sorted, double p) {
  if (sorted.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double position = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  if (below + 1 >= sorted.size()) return sorted.back();
  const double fraction = position - static_cast<double>(below);
  return sorted[below] + fraction * (sorted[below + 1] - sorted[below]);
}

// With B the number of samples below the quantile, the k-th smallest sample is at most the quantile when
// B >= k, and at least it when B < k.
QuantileBounds quantile_bounds(std::span<const double> sorted, double p, double confidence) {
  QuantileBounds bounds;
  const std::uint64_t n = sorted.size();
  if (n == 0) return bounds;
  const std::uint64_t upper = first_binomial(n, p, [&](double cdf) { return cdf >= confidence; }) + 1;
  if (upper <= n) bounds.upper = sorted[upper - 1];
  const std::uint64_t lower = first_binomial(n, p, [&](double cdf) { return cdf > 1 - confidence; });
  if (lower >= 1) bounds.lower = sorted[lower - 1];
  return bounds;
}

std::uint64_t samples_for_upper_bound(double p, double confidence) {
  return static_cast<std::uint64_t>(std::ceil(std::log(1 - confidence) / std::log(p)));
}

}  // namespace stats
