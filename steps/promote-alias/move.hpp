// Making a move: so that it can be killed at any instant and is then finished or forgotten by the next run.
#pragma once

#include <optional>
#include <string>

#include "base/digest.hpp"
#include "model_registry/model_registry.hpp"
#include "promote-alias/ledger.hpp"

namespace promote_alias {

struct Made {
  Record record;
  base::Digest id;
};

// Both locks are held by the caller. Pending record, registry, ledger, in this order.
Made make(model_registry::ModelRegistry& registry, Ledger& ledger, const Chain& chain, Record record);

// What an interrupted run left: finished if it had begun to change the registry, forgotten if it had not.
// Missing when there was nothing to finish.
std::optional<Made> finish_interrupted(model_registry::ModelRegistry& registry, Ledger& ledger,
                                       const Chain& chain);

}  // namespace promote_alias
