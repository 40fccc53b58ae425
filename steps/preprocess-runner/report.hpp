// The report: one HTML page with every profiled table, readable without a network.   Threads: pure functions.
#pragma once

#include <map>
#include <string>

#include "data/profile.hpp"

namespace preprocess_runner {

std::string report_page(const std::map<std::string, data::Profile>& profiles, const std::string& cache_key);

}  // namespace preprocess_runner
