#include "stats/sigma.hpp"

#include <limits>

namespace stats {

double mean_shift_in_sigmas(double current_mean, double reference_mean, double reference_deviation) {
  const double shift = current_mean - reference_mean;
  if (reference_deviation != 0) return shift / reference_deviation;
  if (shift == 0 || shift != shift) return shift;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return shift > 0 ? infinity : -infinity;
}

}  // namespace stats
