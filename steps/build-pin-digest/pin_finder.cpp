#include "pin_finder.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

namespace build_pin_digest {
namespace {

using base::YamlNode;
using base::YamlText;

// What a map is, as far as references in it are concerned.
enum class Role { other, container, volume, predictor, bundle_reference, bundle_param, model };

template <std::size_t N>
bool is_one_of(std::string_view key, const std::array<std::string_view, N>& keys) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

// Every engine embeds Kubernetes' Container under one of these.
constexpr std::array<std::string_view, 5> container_lists{"containers", "initContainers",
                                                          "ephemeralContainers", "steps", "sidecars"};
constexpr std::array<std::string_view, 3> container_maps{"container", "script", "stepTemplate"};
constexpr std::array<std::string_view, 3> predictors{"predictor", "transformer", "explainer"};

Role role_of_map(std::string_view key, Role parent, const YamlNode& map) {
  if (is_one_of(key, container_maps)) return Role::container;
  if (is_one_of(key, predictors)) return Role::predictor;
  if (key == "taskRef" || key == "pipelineRef") return Role::bundle_reference;
  if (key == "model") return Role::model;
  // KServe's model frameworks (sklearn, xgboost, …) are containers with a storageUri.
  const bool framework = map.find("storageUri") != nullptr || map.find("runtimeVersion") != nullptr;
  return parent == Role::predictor && framework ? Role::container : Role::other;
}

Role role_of_items(std::string_view key, const YamlNode& parent) {
  if (is_one_of(key, container_lists)) return Role::container;
  if (key == "volumes") return Role::volume;
  if (key == "params" && parent.text("resolver") == "bundles") return Role::bundle_param;
  return Role::other;
}

bool has_oci_scheme(const YamlNode& node) {
  return node.is_scalar() && node.value.rfind("oci", 0) == 0 && node.value.find("://") != std::string::npos;
}

std::string item_path(const std::string& list, std::size_t index) {
  auto path = list;
  path += "[";
  path += std::to_string(index);
  path += "]";
  return path;
}

std::string key_path(const std::string& map, const std::string& key) {
  if (map.empty()) return key;
  auto path = map;
  path += ".";
  path += key;
  return path;
}

class Finder {
 public:
  explicit Finder(const YamlText& text) : text_(text) {}

  std::vector<ImageField> fields;

  void object(const YamlNode& root) {
    if (root.find("apiVersion") == nullptr || root.find("kind") == nullptr) return;
    if (root.text("kind") == "StepAction") {
      if (const auto* spec = root.find("spec")) visit(*spec, "spec", Role::container);
      return;
    }
    visit(root, "", Role::other);
  }

  void kustomization(const YamlNode& root) {
    const auto* images = root.find("images");
    if (images == nullptr || !images->is_list()) return;
    for (std::size_t i = 0; i < images->items.size(); ++i) {
      const auto& entry = images->items[i];
      if (!entry.is_map() || entry.find("name") == nullptr) continue;
      fields.push_back({ImageField::Form::kustomize, &entry, "images[" + std::to_string(i) + "]"});
    }
  }

 private:
  void visit(const YamlNode& node, const std::string& path, Role role) {
    if (node.kind == YamlNode::Kind::alias) {
      visit_alias(node, path, role);
    } else if (node.is_list()) {
      for (std::size_t i = 0; i < node.items.size(); ++i) visit(node.items[i], item_path(path, i), role);
    } else if (node.is_map()) {
      visit_map(node, path, role);
    }
  }

  // A container may be written elsewhere, where it is not known to be one. Each is visited once: aliases of
  // aliases must not multiply.
  void visit_alias(const YamlNode& alias, const std::string& path, Role role) {
    const auto* target = text_.anchored(alias);
    if (target == nullptr || role == Role::other || !aliased_.insert({target->begin, role}).second) return;
    visit(*target, path, role);
  }

  void visit_map(const YamlNode& map, const std::string& path, Role role) {
    for (std::size_t i = 0; i < map.items.size(); ++i) {
      if (!map.keys[i].is_scalar()) continue;
      const auto& key = map.keys[i].value;
      const auto& value = map.items[i];
      const auto value_path = key_path(path, key);
      if (key == "<<") {
        visit(value, path, role);
      } else if (names_image(key, value, map, role)) {
        fields.push_back({ImageField::Form::text, &value, value_path});
      } else if (key == "image" && role == Role::volume) {
        if (const auto* reference = value.find("reference"))
          fields.push_back({ImageField::Form::text, reference, value_path + ".reference"});
      } else if (key == "storageUris" && value.is_list()) {
        storage_uris(value, value_path);
      } else {
        const auto* target = text_.anchored(value);
        const auto& shape = target != nullptr ? *target : value;
        visit(value, value_path, shape.is_list() ? role_of_items(key, map) : role_of_map(key, role, shape));
      }
    }
  }

  static bool names_image(const std::string& key, const YamlNode& value, const YamlNode& map, Role role) {
    if (key == "image")
      return role == Role::container || (role == Role::model && map.find("storageUri") != nullptr);
    if (key == "bundle") return role == Role::bundle_reference;
    if (key == "value") return role == Role::bundle_param && map.text("name") == "bundle";
    if (key == "storageUri") return has_oci_scheme(value);
    return key == "uri" && role == Role::model && has_oci_scheme(value);
  }

  void storage_uris(const YamlNode& list, const std::string& path) {
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      const auto* uri = list.items[i].find("uri");
      if (uri == nullptr || !has_oci_scheme(*uri)) continue;
      fields.push_back({ImageField::Form::text, uri, item_path(path, i) + ".uri"});
    }
  }

  const YamlText& text_;
  std::set<std::pair<std::size_t, Role>> aliased_;
};

bool is_kustomization(const YamlNode& root, const std::string& file) {
  const auto kind = root.text("kind");
  if (!kind.empty()) return kind == "Kustomization" || kind == "Component";
  const auto name = std::filesystem::path(file).filename().string();
  return name == "kustomization.yaml" || name == "kustomization.yml" || name == "Kustomization";
}

}  // namespace

std::vector<ImageField> find_image_fields(const YamlText& text) {
  Finder finder(text);
  for (const auto& document : text.documents()) {
    if (!document.is_map()) continue;
    if (is_kustomization(document, text.file())) {
      finder.kustomization(document);
    } else {
      finder.object(document);
    }
  }
  auto fields = std::move(finder.fields);
  const auto stands_before = [](const ImageField& a, const ImageField& b) {
    return a.node->begin < b.node->begin;
  };
  std::stable_sort(fields.begin(), fields.end(), stands_before);
  const auto same_place = [](const ImageField& a, const ImageField& b) { return a.node == b.node; };
  fields.erase(std::unique(fields.begin(), fields.end(), same_place), fields.end());
  return fields;
}

}  // namespace build_pin_digest
