#include "train-launcher/watch.hpp"

#include "base/log.hpp"
#include "base/text.hpp"

namespace train_launcher {
namespace {

constexpr std::chrono::milliseconds tick{100};
constexpr std::size_t kept_words = 500;

}  // namespace

Watch::Watch(const Config& config) : config_(config), progress_(config.progress_regex) {
  for (const auto& pattern : config.metric_regex) patterns_.emplace_back(pattern);
  metrics_.on_value = [this](const std::string& name, double value) { on_value(name, value); };
}

base::Supervision Watch::supervision() {
  base::Supervision supervision;
  supervision.on_lines = [](base::Stream, std::string_view lines) { base::write_log_bytes(lines); };
  supervision.on_line = [this](base::Stream stream, std::string_view line) { on_line(stream, line); };
  supervision.on_tick = [this] {
    progress_.publish();
    return stop_reason_;
  };
  supervision.tick_interval = tick;
  supervision.max_idle = config_.max_idle;
  supervision.grace = config_.grace;
  return supervision;
}

void Watch::on_line(base::Stream stream, std::string_view line) {
  if (stream == base::Stream::out && config_.stdout_metrics) find_metrics(line, metrics_);
  for (const auto& pattern : patterns_) pattern.find(line, metrics_);
  progress_.find(line);
  if (stream == base::Stream::err) {
    const auto words = base::trim(line.substr(0, kept_words));
    if (!words.empty()) last_words_ = words;
  }
}

void Watch::on_value(const std::string& name, double value) {
  if (name == "progress") progress_.set_fraction(value);
  if (stop_reason_) return;
  for (const auto& condition : config_.stop_if) {
    if (condition.metric() == name && condition.holds(value))
      stop_reason_ = "--stop-if '" + condition.text() + "': " + name + " is " + base::to_text(value);
  }
}

}  // namespace train_launcher
