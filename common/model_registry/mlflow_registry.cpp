#include "model_registry/mlflow_registry.hpp"

#include <algorithm>
#include <cstdlib>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/interrupt.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "model_registry/lost_race.hpp"
#include "model_registry/mlflow_records.hpp"

namespace model_registry {
namespace {

using base::Error;
using base::ErrorKind;
using base::Json;

constexpr std::uint64_t most_bytes_of_attachment = std::uint64_t{64} << 20U;
constexpr int most_pages = 10'000;

std::string experiment_name(const NewVersion& wanted) {
  const char* named = std::getenv("MLFLOW_EXPERIMENT_NAME");
  return named != nullptr && *named != '\0' ? named : wanted.name;
}

// Schemes that KServe fetches from; "models:", "runs:" and "mlflow-artifacts:" it does not know.
bool can_be_fetched(const std::string& uri) {
  const auto scheme = uri.substr(0, std::min(uri.find(':'), uri.size()));
  return uri.find(':') != std::string::npos && scheme != "models" && scheme != "runs" &&
         scheme != "mlflow-artifacts" && scheme != "dbfs";
}

}  // namespace

struct MlflowRegistry::Prepared {
  MlflowRun run;
  std::optional<LoggedModel> model;  // missing when the model is only named by its storage_uri
};

MlflowRegistry::MlflowRegistry(const std::string& uri) : api_(uri), artifacts_(api_), tracking_(api_) {}

std::optional<ModelVersion> MlflowRegistry::version(const std::string& name, std::int64_t number) {
  check_model_name(name);
  const auto answer = api_.find("/model-versions/get", {{"name", name}, {"version", std::to_string(number)}});
  if (!answer) return std::nullopt;
  return with_storage_uri(version_from(base::require(*answer, "model_version", "model-versions/get")));
}

std::optional<ModelVersion> MlflowRegistry::by_alias(const std::string& name, const std::string& alias) {
  const auto all = aliases(name);
  const auto found = all.find(alias);
  return found == all.end() ? std::nullopt : version(name, found->second);
}

std::map<std::string, std::int64_t> MlflowRegistry::aliases(const std::string& name) {
  check_model_name(name);
  const auto answer = api_.find("/registered-models/get", {{"name", name}});
  if (!answer) return {};
  return aliases_from(base::require(*answer, "registered_model", "registered-models/get"));
}

std::vector<ModelVersion> MlflowRegistry::search(const std::string& name, const std::string& more_filter) {
  check_model_name(name);
  std::vector<ModelVersion> found;
  std::string token;
  for (int page = 0; page < most_pages; ++page) {
    base::check_interrupt();
    Query query{{"filter", std::string("name='").append(name).append("'").append(more_filter)},
                {"max_results", "200"}};
    if (!token.empty()) query.emplace_back("page_token", token);
    const auto answer = api_.get("/model-versions/search", query);
    if (answer.contains("model_versions")) {
      for (const auto& each : base::require_array(answer, "model_versions", "model-versions/search")) {
        found.push_back(version_from(each));
      }
    }
    token = base::optional_string(answer, "next_page_token", "model-versions/search").value_or("");
    if (token.empty()) break;
  }
  std::sort(found.begin(), found.end(),
            [](const ModelVersion& a, const ModelVersion& b) { return a.version < b.version; });
  return found;
}

std::vector<ModelVersion> MlflowRegistry::versions(const std::string& name) {
  auto found = search(name, "");
  // A search leaves the aliases out.
  for (const auto& [alias, number] : aliases(name)) {
    for (auto& each : found) {
      if (each.version == number) each.aliases.push_back(alias);
    }
  }
  return found;
}

std::optional<std::string> MlflowRegistry::download_uri(const ModelVersion& version) {
  const auto answer = api_.find("/model-versions/get-download-uri",
                                {{"name", version.name}, {"version", std::to_string(version.version)}});
  if (!answer) return std::nullopt;
  return base::require_string(*answer, "artifact_uri", "model-versions/get-download-uri");
}

ModelVersion MlflowRegistry::with_storage_uri(ModelVersion version) {
  const auto tag = version.tags.find(std::string(storage_uri_tag));
  if (tag != version.tags.end()) {
    version.storage_uri = tag->second;
  } else if (can_be_fetched(version.source)) {
    version.storage_uri = version.source;
  } else if (const auto location = download_uri(version); location && can_be_fetched(*location)) {
    version.storage_uri = *location;
  }
  return version;
}

// Two with one key: another client of ours lost its lock in between. The lowest number is the version.
std::optional<ModelVersion> MlflowRegistry::with_key(const NewVersion& wanted) {
  const auto found = search(wanted.name, " AND tags.`" + std::string(key_tag) + "`='" + wanted.key + "'");
  for (std::size_t i = 1; i < found.size(); ++i) {
    base::log_warning("version " + std::to_string(found[i].version) + " of " + wanted.name +
                      " is a duplicate of version " + std::to_string(found.front().version));
    set_tag(wanted.name, found[i].version, "mlsteps.duplicate-of", std::to_string(found.front().version));
  }
  if (found.empty()) return std::nullopt;
  return with_storage_uri(found.front());
}

void MlflowRegistry::ensure_model(const std::string& name) {
  api_.try_change("POST", "/registered-models/create", {{"name", name}}, Repeat::safe,
                  {"RESOURCE_ALREADY_EXISTS"});
}

MlflowRegistry::Prepared MlflowRegistry::prepare(const NewVersion& wanted) {
  const MlflowLock lock(api_, wanted.name);
  const auto experiment = tracking_.experiment(experiment_name(wanted));
  Prepared prepared{tracking_.run(wanted, experiment), std::nullopt};
  if (wanted.storage_uri.empty()) {
    prepared.model = tracking_.logged_model(wanted, experiment, prepared.run);
  }
  return prepared;
}

// Beside the run's own artifacts, apart from those of another registration of the same run.
std::string MlflowRegistry::attachments_of(const MlflowRun& run, const std::string& key) const {
  return run.artifact_uri + "/mlsteps/" + key.substr(key.find(':') + 1, 16);
}

void MlflowRegistry::upload(const NewVersion& wanted, const Prepared& prepared) {
  if (prepared.model && !prepared.model->ready) {
    const auto& model = *prepared.model;
    try {
      const auto there =
          model.fresh ? std::map<std::string, std::uint64_t>() : artifacts_.list(model.artifact_uri);
      artifacts_.upload_tree(model.artifact_uri, wanted.model, wanted.model_directory, there);
    } catch (const Error& error) {
      // Cancelled, there is no time; the next run takes the pending model over.
      if (error.kind() == ErrorKind::cancelled || error.kind() == ErrorKind::deadline) throw;
      tracking_.finalise(model.id, "LOGGED_MODEL_UPLOAD_FAILED");
      throw error.with_context("uploading the model to MLflow");
    }
  }
  for (const auto& attachment : wanted.attachments) {
    artifacts_.upload(attachments_of(prepared.run, wanted.key), attachment.name, attachment.path);
  }
}

ModelVersion MlflowRegistry::create_version(const NewVersion& wanted, const Prepared& prepared) {
  Tags tags = wanted.tags;
  tags[std::string(key_tag)] = wanted.key;
  Json request = {{"name", wanted.name}, {"run_id", prepared.run.id}, {"description", wanted.description}};
  if (prepared.model) {
    request["source"] = "models:/" + prepared.model->id;
    request["model_id"] = prepared.model->id;
  } else {
    request["source"] = wanted.storage_uri;
    tags[std::string(storage_uri_tag)] = wanted.storage_uri;
  }
  request["tags"] = tags_json(tags);
  const auto answer = api_.change("POST", "/model-versions/create", request, Repeat::never);
  return version_from(base::require(answer, "model_version", "model-versions/create"));
}

Registered MlflowRegistry::create(const NewVersion& wanted, const Prepared& prepared) {
  const MlflowLock lock(api_, wanted.name);
  if (auto found = with_key(wanted)) return {std::move(*found), false};
  if (prepared.model) {
    tracking_.finalise(prepared.model->id, "LOGGED_MODEL_READY");
    tracking_.tie(prepared.run, *prepared.model, wanted.tags);
  }
  tracking_.finish(prepared.run);
  lock.check();
  create_or_find(
      "the version", [&] { return with_key(wanted); }, [&] { return create_version(wanted, prepared); });
  // Read again: if there are two after all, everyone names the lower one.
  auto version = with_key(wanted);
  if (!version) {
    throw Error(ErrorKind::unavailable, "the MLflow server does not find the version that it just created");
  }
  base::log_info("registered " + version->uri(), {{"registry", uri()}, {"key", wanted.key}});
  return {std::move(*version), true};
}

Registered MlflowRegistry::register_version(const NewVersion& wanted) {
  check_model_name(wanted.name);
  return base::in_context("registering in " + uri(), [&]() -> Registered {
    if (auto found = with_key(wanted)) return {std::move(*found), false};
    ensure_model(wanted.name);
    const auto prepared = prepare(wanted);
    upload(wanted, prepared);
    return create(wanted, prepared);
  });
}

void MlflowRegistry::set_tag(const std::string& name, std::int64_t version, const std::string& key,
                             const std::string& value) {
  api_.change("POST", "/model-versions/set-tag",
              {{"name", name}, {"version", std::to_string(version)}, {"key", key}, {"value", value}},
              Repeat::safe);
}

void MlflowRegistry::set_alias(const std::string& name, const std::string& alias, std::int64_t version,
                               std::optional<std::int64_t> expected) {
  check_alias(alias);
  const auto current_of = [&]() -> std::optional<std::int64_t> {
    const auto all = aliases(name);
    const auto found = all.find(alias);
    return found == all.end() ? std::nullopt : std::optional(found->second);
  };
  const auto before = current_of();
  if (before == version) return;
  if (before != expected) throw lost_race(name, alias, before, expected);
  api_.change("POST", "/registered-models/alias",
              {{"name", name}, {"alias", alias}, {"version", std::to_string(version)}}, Repeat::safe);
  const auto after = current_of();
  if (after != version) throw lost_race(name, alias, after, version);
  base::log_info("alias " + alias + " of " + name + " names version " + std::to_string(version));
}

void MlflowRegistry::delete_alias(const std::string& name, const std::string& alias, std::int64_t expected) {
  const auto all = aliases(name);
  const auto found = all.find(alias);
  if (found == all.end()) return;
  if (found->second != expected) throw lost_race(name, alias, found->second, expected);
  api_.change("DELETE", "/registered-models/alias", {{"name", name}, {"alias", alias}}, Repeat::safe);
  base::log_info("alias " + alias + " of " + name + " was removed");
}

std::unique_ptr<Lock> MlflowRegistry::lock(const std::string& name) {
  check_model_name(name);
  return std::make_unique<MlflowLock>(api_, name);
}

std::optional<std::string> MlflowRegistry::attachment(const ModelVersion& version,
                                                      const std::string& attachment_name) {
  const auto key = version.tags.find(std::string(key_tag));
  if (version.run_id.empty() || key == version.tags.end()) return std::nullopt;
  const auto run = tracking_.find_run(version.run_id);
  if (!run) return std::nullopt;
  return artifacts_.read(attachments_of(*run, key->second), attachment_name, most_bytes_of_attachment);
}

bool MlflowRegistry::fetch_model(const ModelVersion& version, const std::filesystem::path& target) {
  const auto location = download_uri(version);
  if (!location || location->compare(0, 17, "mlflow-artifacts:") != 0) return false;
  const auto files = artifacts_.list(*location);
  for (const auto& [path, size] : files) {
    base::check_interrupt();
    artifacts_.download(*location, path, size, base::safe_join(target, path));
  }
  return !files.empty();
}

}  // namespace model_registry
