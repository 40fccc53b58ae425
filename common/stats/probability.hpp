// Metrics of a predicted probability of the positive class.
//
// Errors: Error{input} for a probability outside [0, 1] or NaN, or lengths that differ.   Threads: pure
// functions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace stats {

// Mean of -ln(probability of what happened), with probabilities kept at least 2.22e-16 away from 0 and 1
// (sklearn.metrics.log_loss for doubles). `positive` is 1 or 0 per row. NaN when empty.
double log_loss(std::span<const char> positive, std::span<const double> probabilities);
// For several classes: `probabilities` are row-major, one column per class, and each row must sum to one
// within 1.5e-8 (scikit-learn's tolerance).
double log_loss(std::span<const int> truth, std::span<const double> probabilities, std::size_t classes);

// Mean of (p - y)² (Brier 1950; brier_score_loss for two classes). NaN when empty.
double brier_score(std::span<const char> positive, std::span<const double> probabilities);

// The reliability diagram: probabilities in `bins` equally wide bins; empty bins are left out
// (calibration_curve, strategy="uniform").
struct CalibrationBin {
  double mean_probability;
  double positive_share;
  std::uint64_t rows;
};
std::vector<CalibrationBin> calibration_curve(std::span<const char> positive,
                                              std::span<const double> probabilities, std::size_t bins = 10);

}  // namespace stats
