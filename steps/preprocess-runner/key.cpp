#include <algorithm>
#include <cstdlib>

#include "base/log.hpp"
#include "crypto/hash.hpp"
#include "preprocess-runner/command.hpp"
#include "preprocess-runner/plan.hpp"

namespace preprocess_runner {
namespace {

using base::Json;

// Raised when the same inputs would give other outputs than before.
constexpr int key_version = 1;

Json executables_of(const data::Content& content) {
  Json paths = Json::array();
  for (const auto& file : content.files) {
    if (content.directory && file.executable) paths.push_back(file.path);
  }
  return paths;
}

Json inputs_of(const Plan& plan) {
  Json inputs = Json::object();
  for (const auto& input : plan.inputs) {
    inputs[input.name] = {{"digest", input.content.digest.text()},
                          {"executable", executables_of(input.content)},
                          {"format", input.format ? Json(to_string(*input.format)) : Json()}};
  }
  return inputs;
}

Json outputs_of(const Plan& plan) {
  Json outputs = Json::object();
  for (const auto& output : plan.outputs)
    outputs[output.name] = output.format ? Json(to_string(*output.format)) : Json();
  return outputs;
}

// By name; a variable's value may be a secret, so only its hash is kept.
Json environment_of(const Config& config) {
  Json variables = Json::object();
  for (const auto& name : config.env) {
    const char* value = std::getenv(name.c_str());
    variables[name] = value == nullptr ? Json() : Json(crypto::sha256(value).text());
  }
  return variables;
}

// Scripts that the command names, so that a changed script is never a hit, and what --code adds.
Json code_of(const Plan& plan, const Config& config) {
  auto paths = files_in_command(plan.command);
  paths.insert(paths.end(), config.code.begin(), config.code.end());
  Json code = Json::object();
  for (const auto& path : paths) {
    const auto content = data::content_of(path);
    code[path.string()] = {{"digest", content.digest.text()}, {"executable", executables_of(content)}};
  }
  return code;
}

Json schemas_of(const Plan& plan) {
  Json schemas = Json::object();
  for (const auto& [name, schema] : plan.schemas) schemas[name] = to_json(schema);
  return schemas;
}

}  // namespace

data::CacheKey cache_key(const Plan& plan, const Config& config) {
  if (config.image && config.image->find("@sha256:") == std::string::npos)
    base::log_warning("--image has no digest, so a changed image behind the same tag would be a wrong hit");
  return data::CacheKey({{"key_version", key_version},
                         {"tool", "preprocess-runner " MLSTEPS_VERSION},
                         {"command", plan.command.empty() ? Json() : Json(plan.command)},
                         {"transform", plan.transform ? plan.transform->key : Json()},
                         {"code", code_of(plan, config)},
                         {"environment", environment_of(config)},
                         {"image", config.image ? Json(*config.image) : Json()},
                         {"inputs", inputs_of(plan)},
                         {"outputs", outputs_of(plan)},
                         {"schemas", schemas_of(plan)}});
}

}  // namespace preprocess_runner
