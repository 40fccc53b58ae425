#include "register-model/step.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "register-model/lineage.hpp"

namespace register_model {
namespace {

using model_registry::ModelVersion;

void set_results(cli::Context& context, const std::string& key, const ModelVersion& version, bool created) {
  context.results.set("model-version", std::to_string(version.version));
  context.results.set("model-uri", version.uri());
  context.results.set("storage-uri", version.storage_uri);
  context.results.set("created", created ? "true" : "false");
  context.results.set("registry-key", key);
}

// A version never changes: what the evidence of this run says otherwise is said, not recorded.
void report_differences(const model_registry::Tags& wanted, const ModelVersion& there) {
  for (const auto& [key, value] : wanted) {
    if (key == "lifecycle.state") continue;
    const auto found = there.tags.find(key);
    if (found != there.tags.end() && found->second == value) continue;
    base::log_info(there.uri() + " keeps " + key + "=" +
                   base::printable(found == there.tags.end() ? "" : found->second, 100) + ", this run has " +
                   base::printable(value, 100));
  }
}

// What would happen.
cli::Answer plan(model_registry::ModelRegistry& registry, const Lineage& lineage, cli::Context& context) {
  const auto versions = registry.versions(lineage.version.name);
  for (const auto& each : versions) {
    const auto key = each.tags.find(std::string(model_registry::key_tag));
    if (key == each.tags.end() || key->second != lineage.version.key) continue;
    set_results(context, lineage.version.key, each, false);
    return cli::Answer::yes();
  }
  base::log_info("would register a new version of " + lineage.version.name + " in " + registry.uri());
  context.results.set("registry-key", lineage.version.key);
  return cli::Answer::yes();
}

}  // namespace

const cli::Step<Config> step{
    .name = "register-model",
    .summary = "Register a model version once, with what is needed to trust and rebuild it.",
    .description =
        "The same model under the same name and run is the same version, however often and by however many "
        "it is registered: the key is a digest of these three. Files, lineage and evidence are stored before "
        "the "
        "version appears.\n\n"
        "Evidence is checked, not believed. The gate report's verdict is computed again from its gates, and "
        "it "
        "must be about the digest of the very directory; the model's signature is verified over its files. "
        "What "
        "does not hold is not registered.\n\n"
        "An MLflow server of version 3 keeps the files as a logged model behind its own proxy, and the "
        "attachments with the run. MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or "
        "MLFLOW_TRACKING_TOKEN, "
        "are its credentials; MLFLOW_EXPERIMENT_NAME names the experiment.",
    .sections =
        {{"Model",
          {cli::option("registry", &Config::registry, "URI",
                       "Model registry: a directory, file:///DIRECTORY, or the address of an MLflow server."),
           cli::option("name", &Config::name, "NAME", "Name of the registered model."),
           cli::option("model", &Config::model, "DIR", "Directory of the model's files."),
           cli::option(
               "storage-uri", &Config::storage_uri, "URI",
               "Where the model can be fetched already, for example "
               "oci://registry.example/model@sha256:...; the registry then keeps no copy of its own."),
           cli::option("run-id", &Config::run_id, "ID",
                       "Run that made the model: of MLflow or of the pipeline. It is a part of the key."),
           cli::option("description", &Config::description, "TEXT", "Description of the version.")}},
         {"Lineage",
          {cli::option("training-record", &Config::training_record, "FILE",
                       "The training-record.json of train-launcher."),
           cli::option("data-version", &Config::data_version, "FILE",
                       "The data-version.json of preprocess-runner."),
           cli::option(
               "image-ref", &Config::image_ref, "REF",
               "Image of the model or its server, by digest: the result IMAGE_REF of build-pin-digest."),
           cli::option("tag", &Config::tag, "NAME=VALUE", "A further tag. May be repeated."),
           cli::option("attach", &Config::attach, "NAME=PATH",
                       "A further file to store with the version under this name. May be repeated.")}},
         {"Evidence",
          {cli::option("gate-report", &Config::gate_report, "FILE", "The JSON report of eval-gate."),
           cli::option("require-gate", &Config::require_gate, "",
                       "Registers only with a gate report about this model whose verdict is pass or warn."),
           cli::option("model-signature", &Config::model_signature, "FILE",
                       "The model's OpenSSF Model Signing bundle; it must hold under one of the keys."),
           cli::option("key", &Config::key, "FILE", "Public key that is trusted. May be repeated."),
           cli::option("require-signature", &Config::require_signature, "",
                       "Registers only with a signature that holds.")}}},
    .results = {{"model-version", "Number of the version."},
                {"model-uri", "The version as models:/NAME/N."},
                {"storage-uri",
                 "Where KServe can fetch the model; empty when the registry has no such address."},
                {"created", "true when this run created the version, false when it was there."},
                {"registry-key", "Key under which the version is found again."}},
    .examples = {{"Register what a training wrote, in a directory that serves as registry.",
                  "register-model --registry /srv/registry --name diabetes --model model \\\n"
                  "  --training-record model-out/training-record.json"},
                 {"Only what passed its gates and is signed, in MLflow.",
                  "register-model --registry https://mlflow.example --name diabetes --model model \\\n"
                  "  --gate-report gate-report.json --require-gate \\\n"
                  "  --model-signature model.sig --key cosign.pub --require-signature"}},
    .traits = {.gate = true}};

cli::Answer run(const Config& config, cli::Context& context) {
  const auto lineage = gather(config);
  context.results.set("registry-key", lineage.version.key);
  if (!lineage.refusals.empty()) {
    return cli::Answer::no("not registered: " + base::join(lineage.refusals, "; "));
  }
  const auto registry = model_registry::open_registry(*config.registry);
  if (context.dry_run()) return plan(*registry, lineage, context);
  const auto registered = registry->register_version(lineage.version);
  if (!registered.created) {
    base::log_info(registered.version.uri() + " was registered before", {{"registry", registry->uri()}});
    report_differences(lineage.version.tags, registered.version);
  }
  set_results(context, lineage.version.key, registered.version, registered.created);
  return cli::Answer::yes();
}

}  // namespace register_model
