#include "kserve-deploy/chosen_model.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "base/text.hpp"
#include "kserve-deploy/signature.hpp"
#include "model_registry/lineage.hpp"

namespace kserve_deploy {
namespace {

using base::Error;
using base::ErrorKind;
using model_registry::ModelRegistry;
using model_registry::ModelUri;
using model_registry::ModelVersion;

ModelVersion required_version(ModelRegistry& registry, const ModelUri& uri) {
  if (auto version = model_registry::resolve(registry, uri)) return *version;
  throw Error(ErrorKind::precondition, "the registry " + base::printable(registry.uri(), 300) + " has no " +
                                           uri.text() +
                                           "; register the version, or promote one to the alias");
}

StorageUri storage_uri_of(const ModelVersion& version) {
  const auto& uri = version.storage_uri.empty() ? version.source : version.storage_uri;
  if (uri.empty()) {
    throw Error(ErrorKind::precondition,
                version.uri() + " has no address that KServe can fetch; register it with --storage-uri");
  }
  return base::in_context(version.uri(), [&] { return StorageUri::parse(uri); });
}

std::string tag(const ModelVersion& version, std::string_view name) {
  const auto found = version.tags.find(std::string(name));
  return found == version.tags.end() ? "" : base::printable(found->second, 200);
}

// The digest of the image or of the registered files.
std::string digest_of(const StorageUri& storage_uri, const ModelVersion* version) {
  if (const auto image = storage_uri.image()) return image->digest->text();
  return version == nullptr ? "" : tag(*version, model_registry::model_digest_tag);
}

// The alias must name this version now; asked for by alias, it was just read.
std::string alias_refusal(ModelRegistry& registry, const ModelVersion& version, const std::string& alias) {
  const auto holder = registry.by_alias(version.name, alias);
  if (holder && holder->version == version.version) return "";
  return version.uri() + " is not " + alias + "; " +
         (holder ? holder->uri() + " is" : "no version of " + version.name + " is");
}

Choice choose_registered(const Config& config, const ModelUri& uri) {
  const auto registry = model_registry::open_registry(*config.registry);
  const auto version = required_version(*registry, uri);
  ChosenModel model{.uri = version.uri(), .storage_uri = storage_uri_of(version)};
  model.alias = config.require_alias.value_or(uri.alias.value_or(""));
  model.digest = digest_of(model.storage_uri, &version);
  if (config.require_alias) {
    if (auto refusal = alias_refusal(*registry, version, *config.require_alias); !refusal.empty())
      return {std::nullopt, std::move(refusal)};
  }
  if (config.require_signature) {
    const auto proof = model.storage_uri.image() ? prove_image(config, *model.storage_uri.image())
                                                 : prove_version(config, *registry, version);
    if (!proof.refusal.empty()) return {std::nullopt, proof.refusal};
    model.signature_key = proof.key;
    if (model.digest.empty()) model.digest = proof.digest;
  }
  base::log_info(uri.text() + " is " + model.uri + " at " + model.storage_uri.text());
  return {std::move(model), ""};
}

Choice choose_address(const Config& config, const StorageUri& uri) {
  ChosenModel model{.uri = uri.text(), .storage_uri = uri};
  model.digest = digest_of(uri, nullptr);
  if (config.require_signature) {
    if (!uri.image()) {
      throw Error(ErrorKind::usage,
                  "--require-signature needs an oci:// or a models:/ URI; the signature of a model at " +
                      uri.text() + " is kept nowhere");
    }
    const auto proof = prove_image(config, *uri.image());
    if (!proof.refusal.empty()) return {std::nullopt, proof.refusal};
    model.signature_key = proof.key;
  }
  return {std::move(model), ""};
}

void warn_of_local_files(const StorageUri& uri) {
  if (uri.scheme() != "file") return;
  base::log_warning("only a pod that mounts this path can load " + uri.text() +
                    "; for a cluster, register the model with a storage URI such as s3:// or oci://");
}

}  // namespace

Choice choose_model(const Config& config) {
  const auto& name = config.model.value().value;
  const auto* uri = std::get_if<ModelUri>(&name);
  auto choice =
      uri != nullptr ? choose_registered(config, *uri) : choose_address(config, std::get<StorageUri>(name));
  if (choice.model) warn_of_local_files(choice.model->storage_uri);
  return choice;
}

}  // namespace kserve_deploy
