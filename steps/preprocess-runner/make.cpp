#include "preprocess-runner/make.hpp"

#include "base/files.hpp"
#include "preprocess-runner/inspect.hpp"
#include "preprocess-runner/produce.hpp"
#include "preprocess-runner/report.hpp"

namespace preprocess_runner {
namespace {

// Holds the named table against its schema, if it has one.
void check_schema(const Plan& plan, const Config& config, const std::string& name,
                  const std::filesystem::path& path) {
  const auto schema = plan.schemas.find(name);
  if (schema == plan.schemas.end()) return;
  inspect({.name = name,
           .path = path,
           .schema = &schema->second,
           .most_violations = config.max_violations,
           .read = read_settings(plan, name, path)});
}

void write_schemas(const Plan& plan) {
  for (const auto& [name, file] : plan.inferred) {
    std::filesystem::path path;
    for (const auto& input : plan.inputs) path = input.name == name ? input.path : path;
    for (const auto& output : plan.outputs) path = output.name == name ? output.path : path;
    const auto inspected =
        inspect({.name = name, .path = path, .profile = true, .read = read_settings(plan, name, path)});
    base::write_file_if_different(file, to_yaml(data::infer_schema(inspected.profile.value())));
  }
}

}  // namespace

void add_profiles(const Plan& plan, const Config& config, const Workspace& workspace, Facts& facts) {
  if (!config.profile_dir && !config.report) return;
  for (const auto& output : plan.outputs) {
    if (!output.format || facts.profiles.count(output.name) != 0) continue;
    const auto inspected =
        inspect({.name = output.name, .path = workspace.current(output.name), .profile = true});
    facts.profiles[output.name] = inspected.profile.value();
  }
}

// Nothing is published or stored before everything has passed.
Facts make(const Plan& plan, const Config& config, Workspace& workspace, cli::Context& context) {
  if (!plan.schemas.empty()) context.results.set("schema-verdict", "fail");
  for (const auto& input : plan.inputs) check_schema(plan, config, input.name, input.path);
  Facts facts;
  if (const auto rows = produce(plan, workspace, context)) {
    facts.rows_in = rows->in;
    facts.rows_out = rows->out;
  }
  for (const auto& output : plan.outputs)
    check_schema(plan, config, output.name, workspace.staged(output.name));
  check_inputs_unchanged(plan);
  add_profiles(plan, config, workspace, facts);
  for (const auto& output : plan.outputs)
    facts.contents.emplace(output.name, data::content_of(workspace.staged(output.name)));
  return facts;
}

void write_documents(const Plan& plan, const Config& config, const Facts& facts, const std::string& key) {
  if (config.profile_dir) {
    for (const auto& [name, profile] : facts.profiles)
      base::write_file_if_different(*config.profile_dir / name / "profile.json",
                                    to_json(profile).dump(2) + "\n");
  }
  if (config.report) base::write_file_if_different(*config.report, report_page(facts.profiles, key));
  if (config.data_version) write_data_version(*config.data_version, plan, facts, key);
  write_schemas(plan);
}

}  // namespace preprocess_runner
