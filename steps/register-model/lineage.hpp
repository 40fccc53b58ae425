// Lineage: what is known of a model and where it came from, read from the files of the earlier steps, and
// checked against the model itself.
//
// Errors: Error{input} "FILE: …" for a document that cannot be read, Error{precondition} for a missing file,
// Error{usage} for options that do not go together. Evidence that does not hold is an answer.
#pragma once

#include <string>
#include <vector>

#include "model_registry/model_registry.hpp"
#include "register-model/step.hpp"

namespace register_model {

struct Lineage {
  model_registry::NewVersion version;
  // Why this model must not be registered with this evidence; none when it may.
  std::vector<std::string> refusals;
};

Lineage gather(const Config& config);

}  // namespace register_model
