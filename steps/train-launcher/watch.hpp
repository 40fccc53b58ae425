// Watch: what is done with a training's output while it runs: passed on, searched for metrics and progress,
// and held against the --stop-if conditions.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/process.hpp"
#include "train-launcher/metrics.hpp"
#include "train-launcher/progress.hpp"
#include "train-launcher/step.hpp"

namespace train_launcher {

class Watch {
 public:
  explicit Watch(const Config& config);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // Valid as long as this object.
  base::Supervision supervision();
  Metrics& metrics() { return metrics_; }
  Progress& progress() { return progress_; }
  // The last line that is not empty on stderr: what most programs end with when they fail.
  const std::string& last_words() const { return last_words_; }

 private:
  void on_line(base::Stream stream, std::string_view line);
  void on_value(const std::string& name, double value);

  const Config& config_;
  std::vector<MetricPattern> patterns_;
  Metrics metrics_;
  Progress progress_;
  std::optional<std::string> stop_reason_;
  std::string last_words_;
};

}  // namespace train_launcher
