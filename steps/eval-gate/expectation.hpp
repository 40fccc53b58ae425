// Expectation: what a JSON document must hold at a place.
//
// A place is a JSON pointer (RFC 6901) in which "*" stands for every element of an array or object.
//
// Errors: Error{input} from parsing.   Threads: pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/yaml.hpp"
#include "gate_keys.hpp"

namespace eval_gate {

struct Expectation {
  std::string pointer;
  std::optional<std::string> type;  // number, integer, string, boolean, array, object, null
  Bounds bounds;                    // of a number, inclusive
  std::optional<base::Json> equals;
  double tolerance = 0;                 // of each number in `equals`
  std::optional<std::uint64_t> length;  // of an array, object or string
};

Expectation parse_expectation(const base::YamlValue& value);
// What does not hold, each with its place; a place that does not exist is the first of them.
std::vector<std::string> faults(const Expectation& expectation, const base::Json& document);

}  // namespace eval_gate
