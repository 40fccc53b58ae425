// MlflowTracking: experiments, runs and logged models, each created once for a registration key.
//
// MLflow mints the ids itself, so what is created bears our key as a tag and is searched for first.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model_registry/mlflow_api.hpp"
#include "model_registry/model_registry.hpp"

namespace model_registry {

struct MlflowRun {
  std::string id;
  std::string artifact_uri;
  std::int64_t start_time = 0;  // milliseconds
  bool ours = false;            // created for the registration, not by the training
};

struct LoggedModel {
  std::string id;
  std::string artifact_uri;
  bool ready = false;
  bool fresh = false;  // created just now: there is nothing in it yet
};

class MlflowTracking {
 public:
  explicit MlflowTracking(MlflowApi& api) : api_(api) {}

  // The id of the experiment, made if needed.
  std::string experiment(const std::string& name);
  // The run that `wanted.run_id` names if this server has it, else one made for this registration.
  MlflowRun run(const NewVersion& wanted, const std::string& experiment_id);
  std::optional<MlflowRun> find_run(const std::string& run_id);
  LoggedModel logged_model(const NewVersion& wanted, const std::string& experiment_id, const MlflowRun& run);

  void finalise(const std::string& model_id, std::string_view status);
  // The model is an output of the run, and the tags "metric.NAME" are metrics of both.
  void tie(const MlflowRun& run, const LoggedModel& model, const Tags& tags);
  void finish(const MlflowRun& run);

 private:
  MlflowApi& api_;
};

}  // namespace model_registry
