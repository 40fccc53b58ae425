// Evidence: a gate report, checked and not believed.
//
// A report says what each gate measured and against what; the verdict is computed again from that. Whoever
// needs the verdict needs the report to be about the very model, by digest.
//
// Errors: Error{input} "WHERE: …" for a document that is no gate report. That a report says no, contradicts
// itself or is about another model is an answer.   Threads: values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"

namespace model_registry {

// From best to worst.
enum class Verdict { pass, warn, fail, error };
std::string_view to_string(Verdict verdict);
// Error{input} for any other word.
Verdict parse_verdict(std::string_view text, std::string_view where);

struct GateReport {
  Verdict verdict = Verdict::error;          // computed here
  std::optional<base::Digest> model_digest;  // of the model that was evaluated
  std::map<std::string, double> metrics;     // by canonical name
  std::vector<std::string> failed;           // the gates that say no
  std::uint64_t gates = 0;
  std::vector<std::string>
      contradictions;  // where it says better than its own figures do; none in a sound one
};

// `where` names the report in messages.
GateReport read_gate_report(std::string_view text, std::string_view where);

// Why the report is not evidence that `model` has a verdict of `worst` or better; missing when it is.
std::optional<std::string> refusal(const GateReport& report, Verdict worst, const base::Digest& model);

}  // namespace model_registry
