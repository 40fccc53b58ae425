// Evidence: what the gates judge by, read when the first gate asks for it. A file that cannot be read makes
// every gate that asks for it an error, with the same message.
//
// Threads: one.
#pragma once

#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "data/profile.hpp"
#include "gate_keys.hpp"
#include "model_registry/model_registry.hpp"
#include "predictions.hpp"
#include "step.hpp"

namespace eval_gate {

// Named figures from a metrics file or from a registered version; nested objects joined by dots.
using Figures = std::map<std::string, double>;

// The version that an alias of the registry names.
struct Champion {
  model_registry::ModelVersion version;
  Figures figures;  // from its attached gate report, else from its tags metric.NAME
};

class Evidence {
 public:
  Evidence(const Config& config, PredictionColumns columns);
  Evidence(const Evidence&) = delete;
  Evidence& operator=(const Evidence&) = delete;

  bool has_predictions() const { return config_.predictions.has_value(); }
  bool has_champion_predictions() const { return config_.champion_predictions.has_value(); }
  const Predictions& predictions() const { return *predictions_.get(); }
  const Predictions& champion_predictions() const { return *champion_predictions_.get(); }
  const Figures& metrics() const { return *metrics_.get(); }
  const data::Profile& profile() const { return *profile_.get(); }
  const data::Profile& reference_profile() const { return *reference_profile_.get(); }
  const http::Url& endpoint() const { return config_.endpoint.value(); }
  // Missing on the first run: no version has the alias.
  std::optional<Champion> champion(const std::string& alias) const;
  const PredictionColumns& columns() const { return columns_; }

 private:
  // Computed at the first get(); a failure is kept and thrown again at each.
  template <class T>
  using Lazy = std::shared_future<std::shared_ptr<const T>>;

  Config config_;
  PredictionColumns columns_;
  Lazy<Predictions> predictions_;
  Lazy<Predictions> champion_predictions_;
  Lazy<Figures> metrics_;
  Lazy<data::Profile> profile_;
  Lazy<data::Profile> reference_profile_;
  mutable std::map<std::string, Lazy<std::optional<Champion>>> champions_;
};

Figures parse_figures(const base::Json& json, std::string_view where);
// As it is written in the gate file, under the metric's canonical name, or under any of its other names.
std::optional<double> find_figure(const Figures& figures, const MetricChoice& metric);

}  // namespace eval_gate
