// The model that is to be served: which version, where it is fetched, and whether it may be deployed.
//
// Errors: Error{precondition} for a version that is not there or that KServe cannot fetch, those of the
// registry and of the signature's store. A missing alias or signature is an answer.   Threads: main thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "kserve-deploy/step.hpp"
#include "kserve-deploy/storage_uri.hpp"
#include "model_registry/model_registry.hpp"

namespace kserve_deploy {

struct ChosenModel {
  std::string uri;  // "models:/iris/3"; the storage URI itself for a model that is in no registry
  StorageUri storage_uri;
  std::string alias;   // under which it was asked for or which was demanded; may be empty
  std::string digest;  // of its files, or of its image; empty when not known
  std::string
      signature_key;  // fingerprint of the key whose signature was verified; empty when none was demanded
};

// What speaks against the deployment; the model itself when nothing does.
struct Choice {
  std::optional<ChosenModel> model;
  std::string refusal;
};

Choice choose_model(const Config& config);

}  // namespace kserve_deploy
