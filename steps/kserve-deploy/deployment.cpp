#include "kserve-deploy/deployment.hpp"

#include "base/files.hpp"
#include "base/log.hpp"
#include "kserve-deploy/chosen_model.hpp"
#include "kserve-deploy/gitops.hpp"

namespace kserve_deploy {
namespace {

// A first manifest: the user's, or one written from the options.
std::string first_manifest(const Config& config, const StorageUri& storage_uri) {
  if (!config.manifest) return render_service(settings_of(config), storage_uri);
  return with_storage_uri(base::read_file(*config.manifest), config.manifest->string(), selector_of(config),
                          storage_uri);
}

Provenance provenance_of(const ChosenModel& model, const ManifestService& service,
                         const std::string& previous) {
  Provenance provenance;
  provenance.service = service.text();
  provenance.model_uri = model.uri;
  provenance.model_alias = model.alias;
  provenance.model_digest = model.digest;
  provenance.signature_key = model.signature_key;
  provenance.storage_uri = model.storage_uri.text();
  provenance.previous_storage_uri = previous;
  return provenance;
}

}  // namespace

cli::Answer render(const Config& config, cli::Context& context) {
  const auto choice = choose_model(config);
  if (!choice.model) return cli::Answer::no(choice.refusal);
  const auto manifest = first_manifest(config, choice.model->storage_uri);
  context.results.set("storage-uri", choice.model->storage_uri.text());
  if (!config.output) {
    context.print(manifest);
    return cli::Answer::yes();
  }
  const bool changed = base::read_file_if_exists(*config.output) != manifest;
  context.results.set("changed", changed ? "true" : "false");
  if (changed && !context.dry_run()) base::write_file(*config.output, manifest);
  base::log_info(config.output->string() + (changed ? context.dry_run() ? " would be written" : " is written"
                                                    : " says so already; nothing is changed"));
  return cli::Answer::yes();
}

cli::Answer deploy(const Config& config, cli::Context& context) {
  const auto choice = choose_model(config);
  if (!choice.model) return cli::Answer::no(choice.refusal);
  GitCheckout checkout(git_target(config), context.dry_run() ? Access::read : Access::change);
  if (!context.dry_run()) checkout.update();
  const auto before = checkout.unchanged_text();
  const auto& file = checkout.file();
  Change change;
  std::string previous;
  if (before) {
    change.text = with_storage_uri(*before, file, selector_of(config), choice.model->storage_uri);
    previous = read_service(*before, file, selector_of(config)).storage_uri;
  } else {
    change.text = first_manifest(config, choice.model->storage_uri);
  }
  change.provenance =
      provenance_of(*choice.model, read_service(change.text, file, selector_of(config)), previous);
  apply(checkout, before, change, config, context);
  return cli::Answer::yes();
}

}  // namespace kserve_deploy
