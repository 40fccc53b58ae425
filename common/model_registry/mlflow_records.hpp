// The records of MLflow's registry as values, and back.   Errors: Error{input} for an answer of another form.
#pragma once

#include <map>
#include <string>

#include "base/json.hpp"
#include "model_registry/model_registry.hpp"

namespace model_registry {

// From a model_version object; storage_uri stays empty.
ModelVersion version_from(const base::Json& record);
// From a registered_model object.
std::map<std::string, std::int64_t> aliases_from(const base::Json& record);
base::Json tags_json(const Tags& tags);

}  // namespace model_registry
