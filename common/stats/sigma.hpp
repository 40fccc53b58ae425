// The distance of a mean from a reference mean in standard deviations of the reference values.
//
// This is what Evidently calls the mean in n sigmas: the deviation is that of single values, not of the mean,
// so it tells a shifted feature, not a significant one. Pure function.
#pragma once

namespace stats {

// (current - reference) / deviation, with its sign. With a constant reference (deviation 0): 0 when the
// means are equal, else infinite. NaN when an argument is NaN.
double mean_shift_in_sigmas(double current_mean, double reference_mean, double reference_deviation);

}  // namespace stats
