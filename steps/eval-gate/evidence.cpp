#include "evidence.hpp"

#include <cmath>

#include "base/files.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "model_registry/evidence.hpp"
#include "model_registry/lineage.hpp"

namespace eval_gate {
namespace {

template <class Make>
auto lazily(Make make) {
  using T = decltype(make());
  return std::async(
             std::launch::deferred,
             [make = std::move(make)] { return std::shared_ptr<const T>(std::make_shared<T>(make())); })
      .share();
}

// NumPy and pandas write a missing figure as null or as text.
std::optional<double> figure(const base::Json& value) {
  if (value.is_number()) return value.get<double>();
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  if (value.is_null()) return std::nan("");
  if (!value.is_string()) return std::nullopt;
  return base::parse_double(value.get<std::string>());
}

void flatten(const base::Json& object, const std::string& prefix, Figures& figures) {
  for (const auto& [key, value] : object.items()) {
    std::string name = prefix;
    if (!name.empty()) name += ".";
    name += key;
    if (value.is_object()) {
      flatten(value, name, figures);
    } else if (const auto number = figure(value)) {
      figures[name] = *number;
    }
  }
}

Figures read_figures(const std::filesystem::path& path) {
  return parse_figures(base::parse_json(base::read_file(path), path.string()), path.string());
}

Figures figures_of_tags(const model_registry::Tags& tags) {
  Figures figures;
  for (const auto& [key, value] : tags) {
    constexpr auto prefix = model_registry::metric_tag_prefix;
    if (key.rfind(prefix, 0) != 0) continue;
    if (const auto number = base::parse_double(value)) figures[key.substr(prefix.size())] = *number;
  }
  return figures;
}

// What the version's gate report says goes before what its tags say: the report has all digits.
Figures champion_figures(model_registry::ModelRegistry& registry,
                         const model_registry::ModelVersion& version) {
  const std::string name(model_registry::gate_report_attachment);
  Figures figures = figures_of_tags(version.tags);
  const auto report = registry.attachment(version, name);
  if (!report) return figures;
  const auto read = model_registry::read_gate_report(*report, version.uri() + ": " + name);
  for (const auto& [metric, value] : read.metrics) figures[metric] = value;
  return figures;
}

std::optional<Champion> find_champion(const std::string& uri, const std::string& name,
                                      const std::string& alias) {
  const auto registry = model_registry::open_registry(uri);
  const auto version = registry->by_alias(name, alias);
  if (!version) {
    base::log_info("no version of " + name + " is called " + alias + " yet");
    return std::nullopt;
  }
  base::log_info(alias + " is " + version->uri());
  return Champion{*version, champion_figures(*registry, *version)};
}

}  // namespace

Evidence::Evidence(const Config& config, PredictionColumns columns)
    : config_(config), columns_(std::move(columns)) {
  predictions_ = lazily([this] { return read_predictions(config_.predictions.value(), columns_); });
  champion_predictions_ =
      lazily([this] { return read_predictions(config_.champion_predictions.value(), columns_); });
  metrics_ = lazily([this] { return read_figures(config_.metrics.value()); });
  profile_ = lazily([this] { return data::read_profile(config_.profile.value()); });
  reference_profile_ = lazily([this] { return data::read_profile(config_.reference_profile.value()); });
}

std::optional<Champion> Evidence::champion(const std::string& alias) const {
  auto& champion = champions_[alias];
  if (!champion.valid()) {
    champion = lazily(
        [this, alias] { return find_champion(config_.registry.value(), config_.model_name.value(), alias); });
  }
  return *champion.get();
}

Figures parse_figures(const base::Json& json, std::string_view where) {
  if (!json.is_object())
    throw base::Error(base::ErrorKind::input,
                      std::string(where) + ": expected an object of metric names and numbers");
  Figures figures;
  flatten(json, "", figures);
  return figures;
}

std::optional<double> find_figure(const Figures& figures, const MetricChoice& metric) {
  for (const auto& name : {metric.written, metric.name}) {
    const auto found = figures.find(name);
    if (found != figures.end()) return found->second;
  }
  if (!metric.known || metric.known->beta != 1) return std::nullopt;
  for (const auto& [name, value] : figures) {
    if (stats::find_metric(name) == metric.known) return value;
  }
  return std::nullopt;
}

}  // namespace eval_gate
