// Metrics of predicted numbers, as scikit-learn defines them for one output.
//
// Empty input gives NaN.   Errors: Error{input} when the lengths differ.   Threads: pure functions.
#pragma once

#include <span>

namespace stats {

// 1 - SS_res / SS_tot (r2_score). Of a constant truth: 1 when everything is met exactly, else 0. NaN below
// two rows.
double r_squared(std::span<const double> truth, std::span<const double> predicted);
double mean_absolute_error(std::span<const double> truth, std::span<const double> predicted);
double mean_squared_error(std::span<const double> truth, std::span<const double> predicted);
double root_mean_squared_error(std::span<const double> truth, std::span<const double> predicted);
// Mean of |e| / max(|y|, 2.22e-16): a fraction, not percent; one zero in the truth makes it huge
// (mean_absolute_percentage_error).
double mean_absolute_percentage_error(std::span<const double> truth, std::span<const double> predicted);

}  // namespace stats
