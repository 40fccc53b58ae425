#include "model_registry/mlflow_tracking.hpp"

#include <cmath>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "model_registry/lineage.hpp"

namespace model_registry {
namespace {

using base::Error;
using base::ErrorKind;
using base::Json;

Json key_tags(const NewVersion& wanted) {
  return Json::array({{{"key", key_tag}, {"value", wanted.key}}});
}

std::string key_filter(const NewVersion& wanted) {
  return "tags.`" + std::string(key_tag) + "` = '" + wanted.key + "'";
}

std::int64_t milliseconds_now() {
  return base::now().time_since_epoch().count();
}

MlflowRun run_from(const Json& run, const std::string& where) {
  const auto& info = base::require_object(run, "info", where);
  return {.id = base::require_string(info, "run_id", where),
          .artifact_uri = base::require_string(info, "artifact_uri", where),
          .start_time = base::require_integer(info, "start_time", where)};
}

LoggedModel model_from(const Json& model, const std::string& where) {
  const auto& info = base::require_object(model, "info", where);
  return {.id = base::require_string(info, "model_id", where),
          .artifact_uri = base::require_string(info, "artifact_uri", where),
          .ready = base::require_string(info, "status", where) == "LOGGED_MODEL_READY"};
}

// The element of a list that protobuf leaves out when it is empty.
const Json* first_of(const Json& answer, const std::string& member, const std::string& where) {
  if (answer.find(member) == answer.end()) return nullptr;
  const auto& list = base::require_array(answer, member, where);
  return list.empty() ? nullptr : &list.front();
}

bool is_run_id(const std::string& text) {
  return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Json metrics_of(const Tags& tags, const MlflowRun& run, const std::string& model_id) {
  Json metrics = Json::array();
  for (const auto& [key, text] : tags) {
    const auto value = base::parse_double(text);
    if (key.compare(0, metric_tag_prefix.size(), metric_tag_prefix) != 0 || !value || !std::isfinite(*value))
      continue;
    // The run's own time, so that sending it again changes nothing.
    Json metric = {{"key", key.substr(metric_tag_prefix.size())},
                   {"value", *value},
                   {"timestamp", run.start_time},
                   {"step", 0}};
    metric["model_id"] = model_id;
    metrics.push_back(std::move(metric));
    if (metrics.size() == 1000) break;
  }
  return metrics;
}

bool has_output(MlflowApi& api, const std::string& run_id, const std::string& model_id) {
  const auto answer = api.get("/runs/get", {{"run_id", run_id}});
  const auto& run = base::require_object(answer, "run", "runs/get");
  const auto outputs = run.find("outputs");
  if (outputs == run.end() || !outputs->is_object() || !outputs->contains("model_outputs")) return false;
  for (const auto& each : base::require_array(*outputs, "model_outputs", "runs/get")) {
    if (base::require_string(each, "model_id", "runs/get") == model_id) return true;
  }
  return false;
}

}  // namespace

std::string MlflowTracking::experiment(const std::string& name) {
  const auto find = [&]() -> std::optional<std::string> {
    const auto answer = api_.find("/experiments/get-by-name", {{"experiment_name", name}});
    if (!answer) return std::nullopt;
    const auto& experiment = base::require_object(*answer, "experiment", "experiments/get-by-name");
    if (base::optional_string(experiment, "lifecycle_stage", "experiments/get-by-name").value_or("") ==
        "deleted") {
      throw Error(ErrorKind::precondition, "the MLflow experiment '" + name +
                                               "' was deleted; restore it, or name another one with "
                                               "MLFLOW_EXPERIMENT_NAME");
    }
    return base::require_string(experiment, "experiment_id", "experiments/get-by-name");
  };
  const auto create = [&] {
    // Names are unique: of two who create it at once, one is told so and finds it.
    const auto answer = api_.try_change("POST", "/experiments/create", {{"name", name}}, Repeat::safe,
                                        {"RESOURCE_ALREADY_EXISTS"});
    if (answer.ok()) return base::require_string(answer.body, "experiment_id", "experiments/create");
    const auto there = find();
    if (there) return *there;
    throw Error(ErrorKind::unavailable, "the experiment '" + name + "' was there and is not any more");
  };
  return find_or_create("the experiment", find, create);
}

std::optional<MlflowRun> MlflowTracking::find_run(const std::string& run_id) {
  const auto answer = api_.find("/runs/get", {{"run_id", run_id}});
  if (!answer) return std::nullopt;
  return run_from(base::require_object(*answer, "run", "runs/get"), "runs/get");
}

MlflowRun MlflowTracking::run(const NewVersion& wanted, const std::string& experiment_id) {
  if (is_run_id(wanted.run_id)) {
    if (const auto named = find_run(wanted.run_id)) return *named;
  }
  const auto find = [&]() -> std::optional<MlflowRun> {
    const auto answer = api_.change("POST", "/runs/search",
                                    {{"experiment_ids", Json::array({experiment_id})},
                                     {"filter", key_filter(wanted)},
                                     {"order_by", Json::array({"attributes.start_time ASC"})},
                                     {"max_results", 1}},
                                    Repeat::safe);
    const auto* found = first_of(answer, "runs", "runs/search");
    return found == nullptr ? std::nullopt : std::optional(run_from(*found, "runs/search"));
  };
  const auto create = [&] {
    auto tags = key_tags(wanted);
    const auto commit = wanted.tags.find("git.commit");
    if (commit != wanted.tags.end()) {
      tags.push_back({{"key", "mlflow.source.git.commit"}, {"value", commit->second}});
    }
    const auto answer = api_.change("POST", "/runs/create",
                                    {{"experiment_id", experiment_id},
                                     {"run_name", "register " + wanted.name},
                                     {"start_time", milliseconds_now()},
                                     {"tags", tags}},
                                    Repeat::never);
    return run_from(base::require_object(answer, "run", "runs/create"), "runs/create");
  };
  auto made = find_or_create("the run", find, create);
  made.ours = true;
  return made;
}

LoggedModel MlflowTracking::logged_model(const NewVersion& wanted, const std::string& experiment_id,
                                         const MlflowRun& run) {
  const auto find = [&]() -> std::optional<LoggedModel> {
    const auto answer = api_.change("POST", "/logged-models/search",
                                    {{"experiment_ids", Json::array({experiment_id})},
                                     {"filter", key_filter(wanted)},
                                     {"max_results", 1}},
                                    Repeat::safe);
    const auto* found = first_of(answer, "models", "logged-models/search");
    return found == nullptr ? std::nullopt : std::optional(model_from(*found, "logged-models/search"));
  };
  const auto create = [&] {
    // The name of a logged model may not hold dots, among others.
    const auto name = base::replace_all(wanted.name, ".", "-");
    const auto answer = api_.change("POST", "/logged-models",
                                    {{"experiment_id", experiment_id},
                                     {"name", name},
                                     {"source_run_id", run.id},
                                     {"tags", key_tags(wanted)}},
                                    Repeat::never);
    auto made = model_from(base::require_object(answer, "model", "logged-models"), "logged-models");
    made.fresh = true;
    return made;
  };
  return find_or_create("the logged model", find, create);
}

void MlflowTracking::finalise(const std::string& model_id, std::string_view status) {
  api_.change("PATCH", "/logged-models/" + http::percent_encode(model_id),
              {{"model_id", model_id}, {"status", status}}, Repeat::safe);
}

void MlflowTracking::tie(const MlflowRun& run, const LoggedModel& model, const Tags& tags) {
  const auto find = [&]() -> std::optional<bool> {
    return has_output(api_, run.id, model.id) ? std::optional(true) : std::nullopt;
  };
  const auto create = [&] {
    // Twice is a database error here; who creates it at once with us has created the same.
    const auto answer = api_.try_change(
        "POST", "/runs/outputs",
        {{"run_id", run.id}, {"models", Json::array({{{"model_id", model.id}, {"step", 0}}})}}, Repeat::never,
        {"BAD_REQUEST"});
    if (!answer.ok() && !has_output(api_, run.id, model.id)) {
      throw Error(ErrorKind::precondition,
                  "the MLflow server refused to record the model as the run's output");
    }
    return true;
  };
  create_or_find("the run's output", find, create);
  const auto metrics = metrics_of(tags, run, model.id);
  if (metrics.empty()) return;
  api_.change("POST", "/runs/log-batch", {{"run_id", run.id}, {"metrics", metrics}}, Repeat::safe);
}

void MlflowTracking::finish(const MlflowRun& run) {
  if (!run.ours) return;
  api_.change("POST", "/runs/update",
              {{"run_id", run.id}, {"status", "FINISHED"}, {"end_time", milliseconds_now()}}, Repeat::safe);
}

}  // namespace model_registry
