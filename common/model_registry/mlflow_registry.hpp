// MlflowRegistry: the model registry of an MLflow server, 3.0 or newer.
//
// A version is registered with its key as a tag in the very call that creates it, and is searched for first;
// so it is there once, however often and by however many it is registered. The model's files become a logged
// model; attachments lie with the artifacts of the run, not among the files.
//
// The run is the one that NewVersion::run_id names, or one of the experiment MLFLOW_EXPERIMENT_NAME (by
// default called like the model).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model_registry/mlflow_api.hpp"
#include "model_registry/mlflow_artifacts.hpp"
#include "model_registry/mlflow_lock.hpp"
#include "model_registry/mlflow_tracking.hpp"
#include "model_registry/model_registry.hpp"

namespace model_registry {

class MlflowRegistry : public ModelRegistry {
 public:
  explicit MlflowRegistry(const std::string& uri);

  std::string uri() const override { return api_.uri(); }

  std::optional<ModelVersion> version(const std::string& name, std::int64_t number) override;
  std::optional<ModelVersion> by_alias(const std::string& name, const std::string& alias) override;
  std::vector<ModelVersion> versions(const std::string& name) override;
  std::map<std::string, std::int64_t> aliases(const std::string& name) override;
  Registered register_version(const NewVersion& wanted) override;
  void set_tag(const std::string& name, std::int64_t version, const std::string& key,
               const std::string& value) override;
  void set_alias(const std::string& name, const std::string& alias, std::int64_t version,
                 std::optional<std::int64_t> expected) override;
  void delete_alias(const std::string& name, const std::string& alias, std::int64_t expected) override;
  std::unique_ptr<Lock> lock(const std::string& name) override;
  std::optional<std::string> attachment(const ModelVersion& version,
                                        const std::string& attachment_name) override;
  bool fetch_model(const ModelVersion& version, const std::filesystem::path& target) override;

 private:
  struct Prepared;  // what is there before the version

  std::vector<ModelVersion> search(const std::string& name, const std::string& more_filter);
  std::optional<ModelVersion> with_key(const NewVersion& wanted);
  void ensure_model(const std::string& name);
  Prepared prepare(const NewVersion& wanted);
  void upload(const NewVersion& wanted, const Prepared& prepared);
  Registered create(const NewVersion& wanted, const Prepared& prepared);
  ModelVersion create_version(const NewVersion& wanted, const Prepared& prepared);
  std::optional<std::string> download_uri(const ModelVersion& version);
  ModelVersion with_storage_uri(ModelVersion version);
  std::string attachments_of(const MlflowRun& run, const std::string& key) const;

  MlflowApi api_;
  MlflowArtifacts artifacts_;
  MlflowTracking tracking_;
};

}  // namespace model_registry
