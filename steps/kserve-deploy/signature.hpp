// The signature of what is to be deployed, verified and not believed.
//
// Errors: those of sigstore/verify.hpp and of the registries: nothing was verified then, and nothing is
// deployed.
#pragma once

#include <string>

#include "kserve-deploy/step.hpp"
#include "model_registry/model_registry.hpp"
#include "oci/reference.hpp"

namespace kserve_deploy {

struct Proof {
  std::string refusal;  // empty: a signature holds
  std::string key;      // fingerprint of the key that it was made with
  std::string digest;   // of what it vouches for
};

// By the signatures beside the image in its registry.
Proof prove_image(const Config& config, const oci::Reference& image);
// By the bundle that was registered with the version, over the files of the registry's own copy.
Proof prove_version(const Config& config, model_registry::ModelRegistry& registry,
                    const model_registry::ModelVersion& version);

}  // namespace kserve_deploy
