#include "base/error.hpp"
#include "kserve-deploy/step.hpp"

namespace kserve_deploy {
namespace {

void demand(bool holds, const char* message) {
  if (!holds) throw base::Error(base::ErrorKind::usage, message);
}

bool renders(const Config& config) {
  return config.model_format || config.runtime || config.protocol || config.service_account ||
         config.min_replicas || config.max_replicas || config.cpu || config.memory || config.gpus;
}

void check_model_options(const Config& config) {
  const bool registered = config.model && config.model->text().rfind("models:", 0) == 0;
  demand(config.status || config.rollback || config.model.has_value(),
         "--model is missing; give models:/NAME@champion, models:/NAME/3 or a storage URI");
  demand(!config.model || (!config.status && !config.rollback),
         "--model has no meaning beside --status and --rollback; to go back to a model that you name, deploy "
         "it");
  demand(!registered || config.registry, "a models:/ URI needs --registry, where it is looked up");
  demand(registered || !config.require_alias,
         "--require-alias needs a models:/ URI; only a registry has aliases");
  demand(!config.require_signature || !config.key.empty(),
         "--require-signature needs --key, the public key to trust");
  demand(config.key.empty() || config.require_signature,
         "--key alone demands nothing; add --require-signature");
  demand(
      !config.manifest || !renders(config),
      "--manifest is edited in its storageUri only; options that render a manifest have no place beside it");
}

void check_git_options(const Config& config) {
  const bool gitops = *config.mode == Mode::gitops;
  const bool any_git = config.git_dir || config.git_url || config.git_branch || config.path ||
                       config.author || config.push || config.status || config.rollback;
  demand(gitops || !any_git, "options of Git need --mode gitops");
  if (!gitops) return;
  demand(config.git_dir.has_value() != config.git_url.has_value(),
         "give one of --git-dir, a checkout, and --git-url, a remote");
  demand(config.path.has_value(), "--path is missing; give the manifest's path in the repository");
  demand(!config.output, "--output is for --mode render; in Git the manifest goes to --path");
  demand(!config.status || !config.rollback, "--status and --rollback exclude each other");
}

}  // namespace

void check_options(const Config& config) {
  check_model_options(config);
  check_git_options(config);
}

ServiceSettings settings_of(const Config& config) {
  ServiceSettings settings;
  settings.name = config.name;
  settings.service_namespace = config.service_namespace;
  settings.model_format = config.model_format;
  settings.runtime = config.runtime;
  settings.protocol = config.protocol;
  settings.service_account = config.service_account;
  settings.min_replicas = config.min_replicas;
  settings.max_replicas = config.max_replicas;
  settings.resources = {config.cpu, config.memory, config.gpus};
  return settings;
}

ServiceSelector selector_of(const Config& config) {
  return {config.name, config.service_namespace};
}

}  // namespace kserve_deploy
