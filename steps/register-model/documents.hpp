// The documents of the earlier steps as tags and attachments: training-record.json of train-launcher and
// data-version.json of preprocess-runner.
#pragma once

#include "base/digest.hpp"
#include "register-model/lineage.hpp"

namespace register_model {

// `model` is the digest of the directory: a record about another model is a refusal.
void add_training_record(const Config& config, const base::Digest& model, Lineage& lineage);
void add_data_version(const Config& config, Lineage& lineage);

}  // namespace register_model
