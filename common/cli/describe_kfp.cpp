// Kubeflow Pipelines component: a pipeline specification (schema 2.1.0) with one container task, the form
// that the SDK's loader and the backend both read.
#include "base/text.hpp"
#include "base/yaml.hpp"
#include "cli/describe.hpp"
#include "cli/describe_engines.hpp"

namespace cli {
namespace {

using base::OrderedJson;

// KFP names are Python identifiers.
std::string identifier(const std::string& name) {
  return base::replace_all(name, "-", "_");
}

// An optional number must be able to be empty, so it stays a string.
std::string parameter_type(const OptionRow& row) {
  if (row.presence == Presence::optional) return "STRING";
  switch (row.kind) {
    case ValueKind::integer:
      return "NUMBER_INTEGER";
    case ValueKind::number:
      return "NUMBER_DOUBLE";
    case ValueKind::boolean:
      return "BOOLEAN";
    case ValueKind::string:
    case ValueKind::list:
      return "STRING";
  }
  return "STRING";
}

OrderedJson default_value(const OptionRow& row) {
  const auto type = parameter_type(row);
  if (type == "BOOLEAN") return row.default_text == "true";
  if (type == "NUMBER_INTEGER") return base::parse_integer(row.default_text).value_or(0);
  if (type == "NUMBER_DOUBLE") return base::parse_double(row.default_text).value_or(0);
  return row.default_text;
}

OrderedJson input_definitions(const StepTable& table) {
  OrderedJson parameters = OrderedJson::object();
  for (const auto& row : engine_options(table)) {
    OrderedJson parameter{{"description", row.help}, {"parameterType", parameter_type(row)}};
    if (row.presence != Presence::required) {
      parameter["defaultValue"] = default_value(row);
      parameter["isOptional"] = true;
    }
    parameters[identifier(row.name)] = parameter;
  }
  return {{"parameters", parameters}};
}

OrderedJson output_definitions(const StepTable& table) {
  OrderedJson parameters = OrderedJson::object();
  for (const auto& row : table.results) {
    parameters[identifier(row.name)] = {{"description", row.help}, {"parameterType", "STRING"}};
  }
  return {{"parameters", parameters}};
}

OrderedJson arguments(const StepTable& table) {
  auto list = OrderedJson::array();
  for (const auto& row : engine_options(table)) {
    list.push_back("--" + row.name);
    list.push_back("{{$.inputs.parameters['" + identifier(row.name) + "']}}");
  }
  for (const auto& row : table.results) {
    list.push_back("--result");
    list.push_back(row.name + "={{$.outputs.parameters['" + identifier(row.name) + "'].output_file}}");
  }
  return list;
}

OrderedJson task(const StepTable& table) {
  OrderedJson inputs = OrderedJson::object();
  for (const auto& row : engine_options(table)) {
    inputs[identifier(row.name)] = {{"componentInputParameter", identifier(row.name)}};
  }
  // The backend's own cache knows nothing of the data: a step that changes something must run.
  return {{"cachingOptions",
           table.traits.side_effects ? OrderedJson::object() : OrderedJson{{"enableCache", true}}},
          {"componentRef", {{"name", "comp-" + table.name}}},
          {"inputs", {{"parameters", inputs}}},
          {"taskInfo", {{"name", table.name}}}};
}

OrderedJson root_outputs(const StepTable& table) {
  OrderedJson parameters = OrderedJson::object();
  for (const auto& row : table.results) {
    parameters[identifier(row.name)] = {
        {"valueFromParameter",
         {{"outputParameterKey", identifier(row.name)}, {"producerSubtask", table.name}}}};
  }
  return {{"parameters", parameters}};
}

}  // namespace

std::string describe_kfp(const StepTable& table) {
  const OrderedJson component{{"executorLabel", "exec-" + table.name},
                              {"inputDefinitions", input_definitions(table)},
                              {"outputDefinitions", output_definitions(table)}};
  const OrderedJson container{{"image", image_of(table)},
                              {"command", OrderedJson::array({program_of(table)})},
                              {"args", arguments(table)}};
  const OrderedJson specification{
      {"components", {{"comp-" + table.name, component}}},
      {"deploymentSpec", {{"executors", {{"exec-" + table.name, {{"container", container}}}}}}},
      {"pipelineInfo", {{"name", table.name}, {"description", table.summary}}},
      {"root",
       {{"dag", {{"outputs", root_outputs(table)}, {"tasks", {{table.name, task(table)}}}}},
        {"inputDefinitions", input_definitions(table)},
        {"outputDefinitions", output_definitions(table)}}},
      {"schemaVersion", "2.1.0"},
      {"sdkVersion", "kfp-2.17.0"}};
  return generated_notice(table) + base::to_yaml(specification);
}

}  // namespace cli
