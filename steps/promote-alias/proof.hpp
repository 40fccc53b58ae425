// Proof: the evidence that a move needs, read from the registry and computed again.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "model_registry/model_registry.hpp"
#include "promote-alias/policy.hpp"
#include "promote-alias/record.hpp"

namespace promote_alias {

struct Proof {
  base::Json evidence = base::Json::object();  // for the record
  std::vector<std::string> refusals;           // what is missing or does not hold; none: the move may be made
};

struct Given {
  std::vector<std::filesystem::path> approvals;
  std::vector<std::filesystem::path> keys;
};

Proof prove(model_registry::ModelRegistry& registry, const model_registry::ModelVersion& version,
            const Requirements& needs, const Given& given, const Record& move);

}  // namespace promote_alias
