// The evidence that is checked, not believed: the gate report is computed again and must be about this very
// directory; the signature is verified over its files.
#pragma once

#include "base/digest.hpp"
#include "register-model/lineage.hpp"

namespace register_model {

void add_gate_report(const Config& config, const base::Digest& model, Lineage& lineage);
void add_signature(const Config& config, const base::Digest& model, Lineage& lineage);

}  // namespace register_model
