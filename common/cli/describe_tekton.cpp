// Tekton Task (tekton.dev/v1) and StepAction (tekton.dev/v1beta1). Fully defaulted, so that a signed file
// stays as it was signed; only features that are on by default.
#include "base/text.hpp"
#include "base/yaml.hpp"
#include "cli/describe.hpp"
#include "cli/describe_engines.hpp"

namespace cli {
namespace {

using base::OrderedJson;

std::string param_help(const OptionRow& row) {
  std::string text = row.help;
  if (!row.choices.empty()) text += " One of " + base::join(row.choices, ", ") + ".";
  if (row.kind == ValueKind::list) text += " One value a line.";
  return text;
}

OrderedJson params(const StepTable& table) {
  auto list = OrderedJson::array();
  for (const auto& row : engine_options(table)) {
    OrderedJson param{{"name", row.name}, {"type", "string"}, {"description", param_help(row)}};
    if (row.presence != Presence::required) param["default"] = row.default_text;
    list.push_back(param);
  }
  return list;
}

bool is_artifact(const std::string& name) {
  return name.size() > 16 && name.compare(name.size() - 16, 16, "ARTIFACT_OUTPUTS") == 0;
}

OrderedJson results(const StepTable& table) {
  auto list = OrderedJson::array();
  for (const auto& row : table.results) {
    OrderedJson result{{"name", row.name}, {"type", "string"}, {"description", row.help}};
    if (is_artifact(row.name)) {
      // Tekton Chains reads artifacts from objects with these two keys.
      result["type"] = "object";
      result["properties"] = {{"uri", {{"type", "string"}}}, {"digest", {{"type", "string"}}}};
    }
    list.push_back(result);
  }
  return list;
}

// Two items per option: an empty value stays a value, and one that starts with dashes, too.
OrderedJson arguments(const StepTable& table, const std::string& result_variable) {
  auto list = OrderedJson::array();
  for (const auto& row : engine_options(table)) {
    list.push_back("--" + row.name);
    list.push_back("$(params." + row.name + ")");
  }
  for (const auto& row : table.results) {
    list.push_back("--result");
    list.push_back(row.name + "=$(" + result_variable + "." + row.name + ".path)");
  }
  return list;
}

OrderedJson metadata(const StepTable& table, const std::string& kind) {
  return {{"name", table.name},
          {"labels", {{"app.kubernetes.io/version", MLSTEPS_VERSION}}},
          {"annotations",
           {{"tekton.dev/pipelines.minVersion", "1.0.0"},
            {"tekton.dev/categories", "Deployment, Continuous Integration"},
            {"tekton.dev/tags", "mlops, " + kind},
            {"tekton.dev/displayName", table.name},
            {"tekton.dev/platforms", "linux/amd64"},
            {"artifacthub.io/license", "Apache-2.0"},
            {"artifacthub.io/category", "integration-delivery"}}}};
}

std::string description(const StepTable& table) {
  return table.summary + "\n" + (table.description.empty() ? "" : "\n" + table.description + "\n");
}

OrderedJson workspaces(const StepTable& table) {
  auto list = OrderedJson::array();
  list.push_back({{"name", "data"},
                  {"description", "Files of the pipeline; the working directory of the step."},
                  {"optional", true}});
  if (table.traits.uses_registry) {
    list.push_back({{"name", "docker-config"},
                    {"description", "A directory with config.json: the credentials of registries."},
                    {"optional", true}});
  }
  return list;
}

OrderedJson environment(const StepTable& table) {
  auto list = OrderedJson::array();
  list.push_back({{"name", "HOME"}, {"value", "/tekton/home"}});
  if (table.traits.uses_registry) {
    list.push_back({{"name", "DOCKER_CONFIG"}, {"value", "$(workspaces.docker-config.path)"}});
  }
  return list;
}

}  // namespace

std::string describe_tekton_task(const StepTable& table) {
  const OrderedJson step{{"name", table.name},
                         {"image", image_of(table)},
                         {"command", OrderedJson::array({program_of(table)})},
                         {"args", arguments(table, "results")},
                         {"workingDir", "$(workspaces.data.path)"},
                         {"env", environment(table)},
                         {"computeResources",
                          {{"requests", {{"cpu", table.traits.cpu}, {"memory", table.traits.memory}}},
                           {"limits", {{"memory", table.traits.memory_limit}}}}},
                         {"securityContext", restricted_security_context()}};
  const OrderedJson task{{"apiVersion", "tekton.dev/v1"},
                         {"kind", "Task"},
                         {"metadata", metadata(table, "task")},
                         {"spec",
                          {{"displayName", table.name},
                           {"description", description(table)},
                           {"params", params(table)},
                           {"workspaces", workspaces(table)},
                           {"results", results(table)},
                           {"steps", OrderedJson::array({step})}}}};
  return generated_notice(table) + base::to_yaml(task);
}

std::string describe_tekton_stepaction(const StepTable& table) {
  const OrderedJson action{{"apiVersion", "tekton.dev/v1beta1"},
                           {"kind", "StepAction"},
                           {"metadata", metadata(table, "stepaction")},
                           {"spec",
                            {{"description", description(table)},
                             {"params", params(table)},
                             {"results", results(table)},
                             {"image", image_of(table)},
                             {"command", OrderedJson::array({program_of(table)})},
                             {"args", arguments(table, "step.results")},
                             {"securityContext", restricted_security_context()}}}};
  return generated_notice(table) + base::to_yaml(action);
}

}  // namespace cli
