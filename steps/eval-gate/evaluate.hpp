// All gates of a file judged by the evidence. Every gate is judged, whatever the others say.
//
// Errors: only an interruption and bugs; a gate that cannot be computed is an answer.   Threads: one.
#pragma once

#include "evidence.hpp"
#include "gate_file.hpp"

namespace eval_gate {

Report evaluate(const GateFile& file, const Evidence& evidence);

}  // namespace eval_gate
