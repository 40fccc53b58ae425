#include <cmath>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "report.hpp"

namespace eval_gate {
namespace {

using base::OrderedJson;

template <class T>
OrderedJson or_null(const std::optional<T>& value) {
  return value ? OrderedJson(*value) : OrderedJson(nullptr);
}

OrderedJson text_or_null(std::string_view text) {
  return text.empty() ? OrderedJson(nullptr) : OrderedJson(text);
}

// JSON has no infinity: an open side is null.
OrderedJson interval_json(const std::optional<stats::Interval>& interval) {
  if (!interval) return nullptr;
  const auto side = [](double value) {
    return std::isfinite(value) ? OrderedJson(value) : OrderedJson(nullptr);
  };
  return OrderedJson::array({side(interval->low), side(interval->high)});
}

void add_figures(const Check& check, OrderedJson& object) {
  object["value"] = or_null(check.value);
  object["bound"] = or_null(check.bound);
  object["comparison"] = text_or_null(to_string(check.comparison));
  object["distance"] = or_null(check.distance());
  object["unit"] = text_or_null(check.unit);
  object["formula"] = text_or_null(check.formula);
  object["samples"] = or_null(check.samples);
  object["interval"] = interval_json(check.interval);
}

OrderedJson check_json(const Check& check) {
  OrderedJson object;
  object["subject"] = text_or_null(check.subject);
  object["status"] = to_string(check.status);
  add_figures(check, object);
  object["message"] = check.message;
  return object;
}

OrderedJson gate_json(const GateAnswer& gate) {
  OrderedJson object;
  object["name"] = gate.name;
  object["kind"] = gate.kind;
  object["status"] = to_string(gate.status);
  object["severity"] = to_string(gate.severity);
  object["metric"] = text_or_null(gate.metric);
  const auto& deciding = gate.deciding();
  add_figures(deciding, object);
  object["message"] = explained(deciding);
  object["checks"] = OrderedJson::array();
  for (const auto& check : gate.checks) object["checks"].push_back(check_json(check));
  object["notes"] = gate.notes;
  return object;
}

OrderedJson headline_json(const Report& report) {
  const auto* gate = report.headline_gate();
  if (gate == nullptr) return nullptr;
  OrderedJson object;
  object["gate"] = gate->name;
  object["metric"] = text_or_null(gate->metric);
  object["value"] = gate->figure ? OrderedJson(*gate->figure) : or_null(gate->deciding().value);
  object["bound"] = or_null(gate->deciding().bound);
  object["status"] = to_string(gate->status);
  return object;
}

}  // namespace

std::string json_report(const Report& report) {
  OrderedJson document;
  document["schema_version"] = 1;
  document["verdict"] = to_string(report.verdict);
  document["created"] = base::rfc3339(report.created);
  document["subject"] = OrderedJson::object();
  if (!report.model_digest.empty()) document["subject"]["model_digest"] = report.model_digest;
  document["headline"] = headline_json(report);
  document["metrics"] = OrderedJson::object();
  for (const auto& [name, value] : report.metrics) document["metrics"][name] = value;
  document["gates"] = OrderedJson::array();
  for (const auto& gate : report.gates) document["gates"].push_back(gate_json(gate));
  // A server's words may stand in messages.
  return document.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace eval_gate
