// The transform: runs a TransformSpec over Parts.
//
// Errors: Error{input} with the place of the operation in front.   Threads: as the engine.
#pragma once

#include "base/json.hpp"
#include "preprocess-runner/parts.hpp"
#include "preprocess-runner/transform_spec.hpp"

namespace preprocess_runner {

// Runs the steps in order; returns what they learned from the data, for serving: one object an operation.
base::Json apply(const TransformSpec& spec, Parts& parts);

// Each operation by itself; those that learn return what.
void apply_split(const Split& split, Parts& parts);
base::Json apply_encode(const Encode& encode, Parts& parts);
base::Json apply_scale(const Scale& scale, Parts& parts);
base::Json apply_fill(const Fill& fill, Parts& parts);

// True in SQL for a null, and for NaN in a real column: "missing" means both here.
std::string is_missing(const data::Column& column);

}  // namespace preprocess_runner
