// An open-loop load: requests are sent at fixed times whether or not earlier ones were answered, and a
// latency counts from the time at which its request should have been sent. A server that stalls is charged
// for every request that it held up, which a loop that waits for answers would forget (Gil Tene's coordinated
// omission; wrk2).
//
// Errors: only an interruption of this step.   Threads: makes its own, each with a transport of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "http/message.hpp"

namespace eval_gate {

struct Load {
  double rate = 50;  // requests a second
  std::chrono::milliseconds warm_up{2000};
  std::chrono::milliseconds duration{30'000};
  std::chrono::milliseconds timeout{10'000};  // of one request
  std::size_t connections = 16;
  std::vector<http::Request> requests;  // sent in turn
  // What is wrong with the answer to requests[i]; empty when nothing is. Called by several threads at once.
  std::function<std::string(std::size_t i, const http::Response& answer)> fault;

  std::uint64_t warm_up_requests() const;
  std::uint64_t measured_requests() const;
};

struct LoadAnswer {
  std::vector<double> latencies_ms;             // of good answers after the warm-up, sorted
  std::uint64_t measured = 0;                   // requests that were due after the warm-up
  std::map<std::string, std::uint64_t> errors;  // what went wrong, and how often
  double achieved_rate = 0;                     // of sending, after the warm-up
  std::uint64_t error_count() const;
};

LoadAnswer generate(const Load& load);

}  // namespace eval_gate
