// Where manifests name images: fields of Kubernetes, Knative, Argo, Tekton, KServe and Kustomize objects.
//
// A document counts when it has apiVersion and kind, or is a Kustomization; so other YAML that happens to
// have a field `image` (a CI file, a Compose file, Helm values) is left alone.   Threads: pure functions.
#pragma once

#include <string>
#include <vector>

#include "base/yaml_edit.hpp"

namespace build_pin_digest {

struct ImageField {
  enum class Form {
    text,       // the scalar is the reference, maybe behind "oci://"
    kustomize,  // an entry of images: name, newName, newTag, digest
  };
  Form form = Form::text;
  const base::YamlNode* node = nullptr;  // the scalar or alias; for kustomize the entry
  std::string path;                      // "spec.containers[0].image"
};

// In the order of the text. Points into `text`.
std::vector<ImageField> find_image_fields(const base::YamlText& text);

}  // namespace build_pin_digest
