// The gate kind `serving`: the model loads, and its live endpoint answers each case as expected.
//
// Errors: Error{input} from parsing. What the endpoint does wrong is a failed check.   Threads: one.
#pragma once

#include <string>
#include <vector>

#include "endpoint.hpp"
#include "evidence.hpp"
#include "expectation.hpp"

namespace eval_gate {

struct ServingCase {
  std::string name;
  base::Json request;
  int status = 200;
  std::vector<Expectation> expectations;
};

struct ServingGate {
  ModelAddress address;
  std::vector<ServingCase> cases;
};

ServingGate parse_serving_gate(const base::YamlValue& value);
GateAnswer judge(const ServingGate& gate, const Evidence& evidence);

// One case against the answer that came.
Check judge_case(const ServingCase& test, Protocol protocol, const http::Response& response);

}  // namespace eval_gate
