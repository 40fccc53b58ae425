#include "kserve-deploy/step.hpp"

#include "kserve-deploy/deployment.hpp"

namespace kserve_deploy {

const cli::Step<Config> step{
    .name = "kserve-deploy",
    .summary = "Deploy a model version to KServe: as a manifest, or as a commit in a GitOps repository.",
    .description =
        "A model that is named by version or alias is looked up in the registry and becomes an address that "
        "KServe can "
        "fetch. With --require-alias and --require-signature nothing is deployed that is not promoted or not "
        "signed.\n\n"
        "In a repository only the storageUri of the InferenceService is changed, byte for byte; a manifest "
        "that is not "
        "there yet is rendered from the options, which have no effect on one that is. The commit says in "
        "trailers which "
        "model it deploys and what it replaces. A remote that moved in the meantime is fetched and the "
        "commit put on "
        "top of it; who changed the same line first wins, the other ends with 4. Git's own configuration, "
        "hooks and "
        "credentials hold.\n\n"
        "The same call again changes nothing and says so.",
    .sections =
        {{"Model",
          {cli::option("mode", &Config::mode, "MODE",
                       "render writes the manifest, gitops commits it to a Git repository."),
           cli::option("model", &Config::model, "URI",
                       "Model to serve: models:/NAME@ALIAS or models:/NAME/N from the registry, or an "
                       "address: s3://, "
                       "gs://, https://, pvc://, hf://, or oci:// with a digest."),
           cli::option("registry", &Config::registry, "URI",
                       "Model registry: a directory, file:///DIRECTORY, or the address of an MLflow server."),
           cli::option("require-alias", &Config::require_alias, "ALIAS",
                       "Deploys only the version that has this alias now."),
           cli::option("require-signature", &Config::require_signature, "",
                       "Deploys only what is signed with one of the keys: the image of an oci:// address, or "
                       "the files "
                       "in the registry."),
           cli::option("key", &Config::key, "FILE", "Public key that is trusted. May be repeated."),
           cli::option("plain-http", &Config::plain_http, "HOST",
                       "Image registry, with its port, that is spoken to without TLS. May be repeated."),
           cli::option("ca-file", &Config::ca_file, "FILE",
                       "Certificates (PEM) to trust for the image registry in addition to the system's.")}},
         {"Manifest",
          {cli::option("manifest", &Config::manifest, "FILE",
                       "Your own manifest; its storageUri is filled in, nothing else is changed."),
           cli::option("output", &Config::output, "FILE",
                       "Where the manifest is rendered to; not given: stdout."),
           cli::option("name", &Config::name, "NAME",
                       "Name of the InferenceService; in a manifest of several, the one that is meant."),
           cli::option("namespace", &Config::service_namespace, "NAME", "Its namespace."),
           cli::option("model-format", &Config::model_format, "FORMAT",
                       "Format of the model as runtimes know it, such as sklearn, xgboost, mlflow or onnx."),
           cli::option("runtime", &Config::runtime, "NAME",
                       "ServingRuntime to use; not given: KServe chooses one for the format."),
           cli::option("protocol", &Config::protocol, "VERSION",
                       "Inference protocol; not given: KServe's default, v1."),
           cli::option("service-account", &Config::service_account, "NAME",
                       "ServiceAccount with the credentials for the storage."),
           cli::option("min-replicas", &Config::min_replicas, "COUNT", "Smallest number of pods."),
           cli::option("max-replicas", &Config::max_replicas, "COUNT", "Largest number of pods."),
           cli::option("cpu", &Config::cpu, "QUANTITY", "CPU of each pod, request and limit."),
           cli::option("memory", &Config::memory, "QUANTITY", "Memory of each pod, request and limit."),
           cli::option("gpus", &Config::gpus, "COUNT", "GPUs (nvidia.com/gpu) of each pod.")}},
         {"Git",
          {cli::option("git-dir", &Config::git_dir, "DIR", "Checkout of the repository."),
           cli::option("git-url", &Config::git_url, "URL",
                       "Remote repository; it is cloned for the run and pushed to. Credentials come from "
                       "Git's helpers, "
                       "GIT_ASKPASS or SSH."),
           cli::option("git-branch", &Config::git_branch, "NAME",
                       "Branch; not given: the one that is checked out, or the remote's default."),
           cli::option("path", &Config::path, "FILE", "The manifest, as a path in the checkout."),
           cli::option(
               "author", &Config::author, "AUTHOR",
               "Author of the commit, as 'Name <mail>'; not given: GIT_AUTHOR_NAME and GIT_AUTHOR_EMAIL, or "
               "Git's configuration."),
           cli::option("push", &Config::push, "",
                       "Fetches before and pushes after the commit in a checkout."),
           cli::option("status", &Config::status, "",
                       "Prints what the committed manifest says and the last deployment, as JSON."),
           cli::option("rollback", &Config::rollback, "",
                       "Commits the address that the last deployment replaced.")}}},
    .results = {{"storage-uri", "Address that the manifest names."},
                {"previous-storage-uri", "Address that the deployment replaced; empty for the first one."},
                {"commit", "Commit that carries the deployment."},
                {"changed", "true when this run changed something, false when all was so already."},
                {"rolled-back", "true when the deployment in place is a rollback."}},
    .examples = {{"Render the champion for a cluster",
                  "kserve-deploy --mode render --model models:/churn@champion \\\n"
                  "  --registry https://mlflow.example --name churn --model-format mlflow \\\n"
                  "  --protocol v2 | kubectl apply -f -"},
                 {"Commit it to the repository that Argo CD follows, if it is signed",
                  "kserve-deploy --mode gitops --model models:/churn@champion \\\n"
                  "  --registry https://mlflow.example --require-signature --key cosign.pub \\\n"
                  "  --git-url ssh://git@git.example/ml/deploy --path apps/churn.yaml \\\n"
                  "  --name churn --model-format mlflow"},
                 {"Take the last deployment back",
                  "kserve-deploy --mode gitops --rollback --git-dir deploy --push \\\n"
                  "  --path apps/churn.yaml"}},
    .traits = {.uses_registry = true}};

cli::Answer run(const Config& config, cli::Context& context) {
  check_options(config);
  if (*config.mode == Mode::render) return render(config, context);
  if (config.status) return show_status(config, context);
  if (config.rollback) return roll_back(config, context);
  return deploy(config, context);
}

}  // namespace kserve_deploy
