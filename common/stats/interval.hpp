// Confidence intervals and the distributions behind them.
//
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace stats {

struct Interval {
  double low;
  double high;
};

// The z with Φ(z) = p, for 0 < p < 1 (Acklam's rational approximation and one step of Halley's method;
// relative error below 1e-14).
double normal_quantile(double p);

// Of a share of `successes` in `trials` (Wilson 1927). Missing when there are no trials.
std::optional<Interval> wilson_interval(double successes, double trials, double confidence);

// Of the area under the ROC curve (DeLong, DeLong and Clarke-Pearson 1988, in the midrank form of Sun and Xu
// 2014), cut to [0, 1]. Missing unless both classes occur twice at least.
std::optional<Interval> delong_interval(std::span<const char> positive, std::span<const double> scores,
                                        double confidence);

// The quantile of sorted values by linear interpolation (NumPy's and Hyndman-Fan's type 7), for p in [0, 1].
// NaN when empty.
double quantile(std::span<const double> sorted, double p);

// Bounds for the p-quantile of the distribution that independent samples come from, whatever its shape: each
// is an order statistic and holds with `confidence` on its own (David and Nagaraja, Order Statistics, 7.1). A
// side is missing when the samples are too few for it.
struct QuantileBounds {
  std::optional<double> lower;
  std::optional<double> upper;
};
QuantileBounds quantile_bounds(std::span<const double> sorted, double p, double confidence);
// How many samples a finite upper bound needs: the least n with p^n <= 1 - confidence. 299 for p99 at 95 %.
std::uint64_t samples_for_upper_bound(double p, double confidence);

}  // namespace stats
