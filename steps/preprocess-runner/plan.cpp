#include "preprocess-runner/plan.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "preprocess-runner/command.hpp"

namespace preprocess_runner {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;

Error usage(const std::string& message) {
  return Error(ErrorKind::usage, message);
}

void check_name(const std::string& name, std::set<std::string>& seen, const char* option) {
  const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char each) {
    return std::isalnum(each) != 0 || each == '_' || each == '-';
  });
  if (!plain) {
    throw usage("option '--" + std::string(option) + "': '" + base::printable(name, 100) +
                "' is not a name; expected letters, digits, '_' and '-'");
  }
  if (!seen.insert(name).second)
    throw usage("option '--" + std::string(option) + "': the name '" + name + "' is given twice");
}

std::vector<Input> inputs_from(const Config& config, std::set<std::string>& names) {
  std::vector<Input> inputs;
  for (const auto& [name, path] : config.input) {
    check_name(name, names, "input");
    if (path.empty()) throw usage("option '--input': '" + name + "=' names no file");
    // The state first: what changes after it, also while hashing, is noticed.
    auto state = data::quick_state(path);
    inputs.push_back({name, path, data::table_format(path), data::content_of(path), std::move(state)});
  }
  return inputs;
}

std::vector<Output> outputs_from(const Config& config, std::set<std::string>& names) {
  std::vector<Output> outputs;
  std::set<fs::path> paths;
  for (const auto& each : config.input) paths.insert(fs::weakly_canonical(each.value));
  for (const auto& [name, path] : config.output) {
    check_name(name, names, "output");
    if (path.empty()) throw usage("option '--output': '" + name + "=' names no file");
    if (!paths.insert(fs::weakly_canonical(path)).second)
      throw usage("option '--output': " + path +
                  " is an input or an output already; every one needs a place of its own");
    if (!fs::path(path).has_filename())
      throw usage("option '--output': " + path + " ends with a slash; name the directory without it");
    outputs.push_back({name, path, data::table_format(path)});
  }
  if (outputs.empty()) throw usage("no output; name at least one with --output NAME=PATH");
  return outputs;
}

void check_transform_outputs(const Plan& plan) {
  const auto parts = plan.transform->parts();
  std::size_t tables = 0;
  for (const auto& output : plan.outputs) {
    if (output.name == fitted_output) continue;
    ++tables;
    if (!output.format || *output.format == data::TableFormat::ndjson) {
      throw usage("option '--output': " + output.path.string() +
                  " has none of the endings .csv, .tsv and .parquet that a transform writes");
    }
    if (!parts.empty() && std::find(parts.begin(), parts.end(), output.name) == parts.end()) {
      throw usage("option '--output': the transform makes no part '" + output.name + "'" +
                  base::did_you_mean_hint(output.name, parts) + " (it makes " + base::join(parts, ", ") +
                  ")");
    }
  }
  if (parts.empty() && tables != 1)
    throw usage("a transform without a split makes one table; give one --output besides '" +
                std::string(fitted_output) + "'");
}

void check_transform(const Plan& plan) {
  if (plan.inputs.empty()) throw usage("a transform needs an input; name it with --input NAME=PATH");
  std::vector<std::string> names;
  for (const auto& input : plan.inputs) {
    names.push_back(input.name);
    if (input.name == "data")
      throw usage(
          "option '--input': 'data' is what a transform calls the table at hand; choose another name");
    if (input.content.directory)
      throw usage("option '--input': " + input.path.string() + " is a directory; a transform reads files");
  }
  for (const auto& [name, settings] : plan.transform->read) {
    if (std::find(names.begin(), names.end(), name) == names.end())
      throw usage("the transform says how to read '" + base::printable(name, 100) +
                  "', which is not an input" + base::did_you_mean_hint(name, names));
  }
  check_transform_outputs(plan);
}

void check_known(const std::string& name, const std::set<std::string>& names, const char* option) {
  if (names.count(name) != 0) return;
  throw usage("option '--" + std::string(option) + "': '" + base::printable(name, 100) +
              "' is neither an input nor an output" +
              base::did_you_mean_hint(name, {names.begin(), names.end()}));
}

}  // namespace

bool Plan::is_output(const std::string& name) const {
  return std::any_of(outputs.begin(), outputs.end(), [&](const Output& each) { return each.name == name; });
}

Plan make_plan(const Config& config) {
  if (config.command.empty() == !config.transform.has_value())
    throw usage("expected either --transform FILE or a command after --, and not both");
  if (config.explain_cache && (!config.cache_dir || config.no_cache))
    throw usage("--explain-cache needs --cache-dir, and no --no-cache");
  Plan plan;
  std::set<std::string> names;
  plan.command = config.command;
  if (config.transform) plan.transform = read_transform(*config.transform);
  plan.inputs = inputs_from(config, names);
  plan.outputs = outputs_from(config, names);
  for (const auto& [name, path] : config.schema) {
    check_known(name, names, "schema");
    if (!plan.schemas.emplace(name, data::read_schema(path)).second)
      throw usage("option '--schema': '" + name + "' has two schemas");
  }
  for (const auto& [name, path] : config.infer_schema) {
    check_known(name, names, "infer-schema");
    plan.inferred[name] = path;
  }
  if (plan.transform) {
    check_transform(plan);
  } else {
    check_placeholders(plan);
  }
  return plan;
}

void check_inputs_unchanged(const Plan& plan) {
  for (const auto& input : plan.inputs) {
    if (data::quick_state(input.path) != input.state) {
      throw Error(ErrorKind::precondition,
                  "the input " + input.path.string() +
                      " changed while the step ran; nothing was published, run it again");
    }
  }
}

}  // namespace preprocess_runner
