#include "kserve-deploy/inference_service.hpp"

#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/yaml_edit.hpp"

namespace kserve_deploy {
namespace {

using base::Error;
using base::ErrorKind;
using base::YamlNode;
using base::YamlText;

// Where in a manifest the service and its model stand.
struct Found {
  const YamlNode* service;
  const YamlNode* storage_uri;
};

std::string name_of(const YamlNode& service) {
  const auto* metadata = service.find("metadata");
  return metadata == nullptr ? "" : metadata->text("name");
}

std::string namespace_of(const YamlNode& service) {
  const auto* metadata = service.find("metadata");
  return metadata == nullptr ? "" : metadata->text("namespace");
}

bool matches(const YamlNode& document, const ServiceSelector& selector) {
  const bool is_service = document.is_map() && document.text("kind") == "InferenceService" &&
                          document.text("apiVersion").rfind("serving.kserve.io/", 0) == 0;
  if (!is_service || (selector.name && name_of(document) != selector.name->value)) return false;
  const auto said = namespace_of(document);
  return !selector.service_namespace || said.empty() || said == selector.service_namespace->value;
}

const YamlNode& service_in(const YamlText& text, const ServiceSelector& selector) {
  std::vector<const YamlNode*> services;
  std::vector<std::string> names;
  for (const auto& document : text.documents()) {
    if (matches(document, {})) names.push_back(base::printable(name_of(document), 100));
    if (matches(document, selector)) services.push_back(&document);
  }
  if (services.size() == 1) return *services.front();
  const auto has = names.empty() ? "it has none" : "it has " + base::join(names, ", ");
  const auto wanted = selector.name ? "one InferenceService '" + selector.name->value + "'" +
                                          (selector.service_namespace
                                               ? " in namespace '" + selector.service_namespace->value + "'"
                                               : "")
                                    : "exactly one InferenceService";
  throw Error(ErrorKind::input,
              text.file() + ": expected " + wanted + "; " + has + " (choose one by --name)");
}

// spec.predictor.model.storageUri, or under the framework's name as older manifests write it.
const YamlNode& storage_uri_of(const YamlText& text, const YamlNode& service) {
  const auto* predictor = service.find_path({"spec", "predictor"});
  std::vector<const YamlNode*> found;
  for (std::size_t i = 0; predictor != nullptr && i < predictor->items.size(); ++i) {
    const auto* uri = predictor->items[i].find("storageUri");
    if (uri != nullptr) found.push_back(uri);
  }
  if (found.empty()) {
    throw text.error(
        predictor != nullptr ? *predictor : service,
        "no storageUri under spec.predictor.model; add 'storageUri: \"\"' there, it will be filled in");
  }
  if (found.size() > 1) throw text.error(*found[1], "a second storageUri in this predictor; expected one");
  const auto& uri = *found.front();
  if (base::is_template(uri.value))
    throw text.error(uri, "storageUri is a template; name the rendered manifest");
  if (!uri.editable()) throw text.error(uri, "storageUri is not text on one line; write it so");
  return uri;
}

Found find(const YamlText& text, const ServiceSelector& selector) {
  const auto& service = service_in(text, selector);
  return {&service, &storage_uri_of(text, service)};
}

// Lines of a manifest with their indentation.
class ManifestText {
 public:
  void line(int depth, std::string_view key) { add(depth, std::string(key) + ":"); }
  void line(int depth, std::string_view key, std::string_view value) {
    add(depth, std::string(key) + ": " + base::yaml_scalar(value));
  }
  void line(int depth, std::string_view key, const std::optional<std::string>& value) {
    if (value) line(depth, key, std::string_view(*value));
  }
  void line(int depth, std::string_view key, std::optional<std::uint32_t> value) {
    if (value) add(depth, std::string(key) + ": " + std::to_string(*value));
  }
  std::string text() const { return text_; }

 private:
  void add(int depth, const std::string& content) {
    text_ += std::string(static_cast<std::size_t>(depth) * 2, ' ') + content + "\n";
  }
  std::string text_;
};

void add_resources(ManifestText& manifest, const Resources& resources) {
  if (!resources.cpu && !resources.memory && !resources.gpus) return;
  manifest.line(3, "resources");
  // Equal, so that the pod is of the guaranteed class and a model does not fall to a neighbour's load.
  for (const auto* kind : {"requests", "limits"}) {
    manifest.line(4, kind);
    if (resources.cpu) manifest.line(5, "cpu", std::string_view(resources.cpu->value));
    if (resources.memory) manifest.line(5, "memory", std::string_view(resources.memory->value));
    if (resources.gpus) manifest.line(5, "nvidia.com/gpu", std::string_view(resources.gpus->value));
  }
}

void check_settings(const ServiceSettings& settings) {
  if (!settings.name) {
    throw Error(ErrorKind::usage,
                "--name is missing; give the InferenceService's name, or a manifest by --manifest");
  }
  if (!settings.model_format) {
    throw Error(
        ErrorKind::usage,
        "--model-format is missing; give the format of the model (sklearn, xgboost, mlflow, onnx, ...), or a "
        "manifest by --manifest");
  }
  if (settings.min_replicas && settings.max_replicas && *settings.max_replicas != 0 &&
      *settings.min_replicas > *settings.max_replicas) {
    throw Error(ErrorKind::usage, "--min-replicas is larger than --max-replicas");
  }
}

}  // namespace

std::string_view to_string(Protocol protocol) {
  switch (protocol) {
    case Protocol::v1:
      return "v1";
    case Protocol::v2:
      return "v2";
    case Protocol::grpc_v1:
      return "grpc-v1";
    case Protocol::grpc_v2:
      return "grpc-v2";
  }
  return "v2";
}

std::string render_service(const ServiceSettings& settings, const StorageUri& storage_uri) {
  check_settings(settings);
  ManifestText manifest;
  manifest.line(0, "apiVersion", std::string_view("serving.kserve.io/v1beta1"));
  manifest.line(0, "kind", std::string_view("InferenceService"));
  manifest.line(0, "metadata");
  manifest.line(1, "name", std::string_view(settings.name->value));
  if (settings.service_namespace)
    manifest.line(1, "namespace", std::string_view(settings.service_namespace->value));
  manifest.line(0, "spec");
  manifest.line(1, "predictor");
  manifest.line(2, "minReplicas", settings.min_replicas);
  manifest.line(2, "maxReplicas", settings.max_replicas);
  manifest.line(2, "serviceAccountName", settings.service_account);
  manifest.line(2, "model");
  manifest.line(3, "modelFormat");
  manifest.line(4, "name", settings.model_format);
  if (settings.protocol) manifest.line(3, "protocolVersion", to_string(*settings.protocol));
  manifest.line(3, "runtime", settings.runtime);
  manifest.line(3, "storageUri", std::string_view(storage_uri.text()));
  add_resources(manifest, settings.resources);
  return manifest.text();
}

std::string ManifestService::text() const {
  return service_namespace.empty() ? name : service_namespace + "/" + name;
}

ManifestService read_service(const std::string& manifest, const std::string& file,
                             const ServiceSelector& selector) {
  const YamlText text(manifest, file);
  const auto found = find(text, selector);
  return {name_of(*found.service), namespace_of(*found.service), found.storage_uri->value};
}

std::string with_storage_uri(const std::string& manifest, const std::string& file,
                             const ServiceSelector& selector, const StorageUri& storage_uri) {
  const YamlText text(manifest, file);
  base::YamlEdit edit(text);
  edit.replace(*find(text, selector).storage_uri, storage_uri.text());
  return edit.apply();
}

}  // namespace kserve_deploy
