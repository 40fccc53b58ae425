// Argo WorkflowTemplate (argoproj.io/v1alpha1), for 3.6 and later.
#include "base/text.hpp"
#include "base/yaml.hpp"
#include "cli/describe.hpp"
#include "cli/describe_engines.hpp"

namespace cli {
namespace {

using base::OrderedJson;

constexpr auto results_directory = "/mlsteps/results";

OrderedJson inputs(const StepTable& table) {
  auto list = OrderedJson::array();
  for (const auto& row : engine_options(table)) {
    OrderedJson parameter{{"name", row.name}, {"description", row.help}};
    if (row.presence != Presence::required) parameter["value"] = row.default_text;
    if (!row.choices.empty() && row.presence != Presence::optional) parameter["enum"] = row.choices;
    list.push_back(parameter);
  }
  return list;
}

// Every output has a default: from 4.0.7 on a consumer of a skipped task's output fails without one.
OrderedJson outputs(const StepTable& table) {
  auto list = OrderedJson::array();
  for (const auto& row : table.results) {
    list.push_back(
        {{"name", row.name},
         {"description", row.help},
         {"valueFrom", {{"path", std::string(results_directory) + "/" + row.name}, {"default", ""}}}});
  }
  return list;
}

OrderedJson arguments(const StepTable& table) {
  auto list = OrderedJson::array();
  for (const auto& row : engine_options(table)) {
    list.push_back("--" + row.name);
    list.push_back("{{inputs.parameters." + row.name + "}}");
  }
  list.push_back("--results-dir");
  list.push_back(results_directory);
  return list;
}

// Only what may pass: our own "unavailable" and "cancelled", and the codes by which Argo's executor says that
// it broke itself (64, 65), which our steps never use.
OrderedJson retry_strategy() {
  return {{"limit", "3"},
          {"retryPolicy", "Always"},
          {"expression", "lastRetry.status == 'Error' || asInt(lastRetry.exitCode) in [5, 64, 65, 143]"},
          {"backoff", {{"duration", "10s"}, {"factor", "2"}, {"maxDuration", "5m"}}}};
}

}  // namespace

std::string describe_argo(const StepTable& table) {
  const OrderedJson mounts = OrderedJson::array(
      {{{"name", "results"}, {"mountPath", results_directory}}, {{"name", "tmp"}, {"mountPath", "/tmp"}}});
  const OrderedJson container{{"image", image_of(table)},
                              {"command", OrderedJson::array({program_of(table)})},
                              {"args", arguments(table)},
                              {"resources",
                               {{"requests", {{"cpu", table.traits.cpu}, {"memory", table.traits.memory}}},
                                {"limits", {{"memory", table.traits.memory_limit}}}}},
                              {"securityContext", restricted_security_context()},
                              {"volumeMounts", mounts}};
  const OrderedJson volumes = OrderedJson::array({{{"name", "results"}, {"emptyDir", OrderedJson::object()}},
                                                  {{"name", "tmp"}, {"emptyDir", OrderedJson::object()}}});
  const OrderedJson body{{"name", table.name},
                         {"inputs", {{"parameters", inputs(table)}}},
                         {"outputs", {{"parameters", outputs(table)}}},
                         {"retryStrategy", retry_strategy()},
                         {"volumes", volumes},
                         {"container", container}};
  const OrderedJson workflow_template{{"apiVersion", "argoproj.io/v1alpha1"},
                                      {"kind", "WorkflowTemplate"},
                                      {"metadata",
                                       {{"name", table.name},
                                        {"labels", {{"app.kubernetes.io/version", MLSTEPS_VERSION}}},
                                        {"annotations",
                                         {{"workflows.argoproj.io/description", table.summary},
                                          {"workflows.argoproj.io/version", ">= 3.6.0"}}}}},
                                      {"spec", {{"templates", OrderedJson::array({body})}}}};
  return generated_notice(table) + base::to_yaml(workflow_template);
}

}  // namespace cli
