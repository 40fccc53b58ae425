// The plots of the HTML report, as HTML fragments.   Threads: pure functions.
#pragma once

#include <string>

#include "answer.hpp"
#include "stats/metric.hpp"

namespace eval_gate {

// Confusion matrix; with a score ROC, precision and recall, and calibration.
std::string prediction_plots(const stats::Outcomes& outcomes);
// How far the mean of each column moved, in sigmas, with the bound; empty for other gates.
std::string shift_plot(const GateAnswer& gate);
// How long the answers took, with the limit; empty for other gates.
std::string latency_plot(const GateAnswer& gate);

}  // namespace eval_gate
