#include "gate_file.hpp"

#include <set>

#include "base/text.hpp"

namespace eval_gate {
namespace {

using base::Error;
using base::ErrorKind;
using base::YamlValue;

constexpr std::size_t most_gates = 1000;

struct Kind {
  std::string name;
  GateRule (*parse)(const YamlValue&);
};

// In the order of GateRule's alternatives.
const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all{
      {"metric", [](const YamlValue& value) -> GateRule { return parse_metric_gate(value); }},
      {"champion", [](const YamlValue& value) -> GateRule { return parse_champion_gate(value); }},
      {"data-quality", [](const YamlValue& value) -> GateRule { return parse_data_quality_gate(value); }},
      {"fairness", [](const YamlValue& value) -> GateRule { return parse_fairness_gate(value); }},
      {"latency", [](const YamlValue& value) -> GateRule { return parse_latency_gate(value); }},
      {"serving", [](const YamlValue& value) -> GateRule { return parse_serving_gate(value); }},
  };
  return all;
}

GateRule parse_rule(const YamlValue& value) {
  const auto kind = value.at("kind");
  std::vector<std::string> names;
  for (const auto& each : kinds()) {
    if (each.name == kind.text()) return each.parse(value);
    names.push_back(each.name);
  }
  throw kind.error("'" + base::printable(kind.text(), 100) + "' is not a kind of gate (" +
                   base::join(names, ", ") + ")" + base::did_you_mean_hint(kind.text(), names));
}

// Names stand in results, file names and tables: no separators there.
std::string parse_name(const YamlValue& value) {
  auto name = value.text();
  const bool odd = name.find_first_not_of(
                       "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                       "-_. %") != std::string::npos;
  if (name.empty() || name.size() > 100 || odd)
    throw value.error("'" + base::printable(name, 120) +
                      "' is not a gate name; expected up to 100 letters, digits, spaces and - _ . %");
  return name;
}

Severity parse_severity(const YamlValue& value) {
  if (value.text() == "error") return Severity::error;
  if (value.text() == "warn") return Severity::warn;
  throw value.error("'" + base::printable(value.text(), 100) + "' is not error or warn");
}

Gate parse_gate(const YamlValue& value) {
  Gate gate{.name = parse_name(value.at("name")), .rule = parse_rule(value), .where = value.where()};
  if (const auto severity = value.find("severity")) gate.severity = parse_severity(*severity);
  return gate;
}

void check_names(const GateFile& file) {
  std::set<std::string> names;
  for (const auto& gate : file.gates) {
    if (!names.insert(gate.name).second)
      throw Error(ErrorKind::input, gate.where + ": a second gate called '" + gate.name + "'");
  }
  if (file.headline.empty() || names.count(file.headline) != 0) return;
  throw Error(ErrorKind::input, "'headline' names no gate: '" + base::printable(file.headline, 100) + "'" +
                                    base::did_you_mean_hint(file.headline, {names.begin(), names.end()}));
}

// What a gate needs on the command line.
struct Needs {
  bool predictions = false;
  bool metrics = false;
  bool champion = false;  // the champion's predictions, or a registry
  bool profiles = false;
  bool endpoint = false;
  std::vector<std::string> groups;  // columns
};

Needs needs(const MetricGate& gate, const Config& config) {
  Needs needs;
  const bool rows = gate.source(config.predictions.has_value()) == Source::predictions;
  needs.predictions = rows;
  needs.metrics = !rows;
  for (const auto& slice : gate.slices) needs.groups.push_back(slice.column);
  return needs;
}

Needs needs(const ChampionGate& gate, const Config& config) {
  Needs needs;
  needs.metrics = !(config.predictions && gate.metric.known);
  needs.champion = !(config.champion_predictions && gate.metric.known);
  return needs;
}

Needs needs(const DataQualityGate&, const Config&) {
  Needs needs;
  needs.profiles = true;
  return needs;
}

Needs needs(const FairnessGate& gate, const Config&) {
  Needs needs;
  needs.predictions = true;
  needs.groups = gate.group_by;
  return needs;
}

Needs needs(const LatencyGate&, const Config&) {
  Needs needs;
  needs.endpoint = true;
  return needs;
}

Needs needs(const ServingGate&, const Config&) {
  Needs needs;
  needs.endpoint = true;
  return needs;
}

void demand(bool given, const Gate& gate, const std::string& options) {
  if (given) return;
  throw Error(ErrorKind::usage, "gate '" + gate.name + "' (" + gate.where + ") needs " + options);
}

void check_columns(const Gate& gate, const Needs& needed, const GateFile& file) {
  const auto& columns = *file.predictions;
  const auto declared = columns.group_columns();
  for (const auto& column : needed.groups) {
    if (columns.has_group(column)) continue;
    throw Error(ErrorKind::input, gate.where + ": column '" + base::printable(column, 100) +
                                      "' is not listed under 'sensitive' or 'slices' of 'predictions'" +
                                      base::did_you_mean_hint(column, declared));
  }
  const auto* fairness = std::get_if<FairnessGate>(&gate.rule);
  if (fairness != nullptr && fairness->group_by.empty() && columns.sensitive.empty())
    throw Error(ErrorKind::input, gate.where + ": expected 'group-by', or 'sensitive' under 'predictions'");
}

void check_gate(const Gate& gate, const GateFile& file, const Config& config) {
  const auto needed = std::visit([&](const auto& rule) { return needs(rule, config); }, gate.rule);
  if (needed.predictions || (std::holds_alternative<ChampionGate>(gate.rule) && !needed.metrics)) {
    demand(config.predictions.has_value(), gate, "--predictions");
    if (!file.predictions)
      throw Error(ErrorKind::input, gate.where +
                                        ": no gate file says under 'predictions' which columns hold "
                                        "the label and the prediction");
    check_columns(gate, needed, file);
  }
  if (needed.metrics) demand(config.metrics.has_value(), gate, "--metrics, or --predictions");
  if (needed.champion)
    demand(config.registry && config.model_name, gate,
           "--registry with --model-name, or --champion-predictions");
  if (needed.profiles)
    demand(config.profile && config.reference_profile, gate, "--profile and --reference-profile");
  if (needed.endpoint) demand(config.endpoint.has_value(), gate, "--endpoint");
}

}  // namespace

std::string_view kind_of(const Gate& gate) {
  return kinds()[gate.rule.index()].name;
}

GateFile parse_gate_file(const base::YamlValue& value) {
  value.reject_unknown_keys({"predictions", "headline", "gates"});
  GateFile file;
  if (const auto columns = value.find("predictions")) file.predictions = parse_prediction_columns(*columns);
  file.headline = text_key(value, "headline", "");
  for (const auto& gate : value.at("gates").items()) file.gates.push_back(parse_gate(gate));
  if (file.gates.size() > most_gates)
    throw value.at("gates").error("more than " + std::to_string(most_gates) + " gates");
  return file;
}

GateFile read_gate_files(const std::vector<std::filesystem::path>& paths) {
  GateFile all;
  for (const auto& path : paths) {
    auto file = parse_gate_file(base::read_yaml(path));
    if (file.predictions && all.predictions)
      throw Error(ErrorKind::input,
                  path.string() + ": a second 'predictions'; one gate file says it for all");
    if (!file.headline.empty() && !all.headline.empty())
      throw Error(ErrorKind::input, path.string() + ": a second 'headline'; one gate file says it for all");
    if (file.predictions) all.predictions = std::move(file.predictions);
    if (!file.headline.empty()) all.headline = std::move(file.headline);
    for (auto& gate : file.gates) all.gates.push_back(std::move(gate));
  }
  if (all.gates.empty())
    throw Error(ErrorKind::input, paths.front().string() + ": there is no gate; expected at least one");
  check_names(all);
  if (all.headline.empty()) all.headline = all.gates.front().name;
  return all;
}

void check_evidence(const GateFile& file, const Config& config) {
  for (const auto& gate : file.gates) check_gate(gate, file, config);
}

}  // namespace eval_gate
