// Plan: the options, checked against each other, with every input's content: all that is known before the
// work.
//
// Errors: Error{usage} for options that make no sense together, Error{input} for a file that does not parse,
// Error{precondition} for an input that is not there.   Threads: values.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "data/content.hpp"
#include "data/schema.hpp"
#include "data/step_cache.hpp"
#include "data/table.hpp"
#include "preprocess-runner/step.hpp"
#include "preprocess-runner/transform_spec.hpp"

namespace preprocess_runner {

struct Input {
  std::string name;
  std::filesystem::path path;
  std::optional<data::TableFormat> format;
  data::Content content;
  std::string state;  // data::quick_state before the work
};

struct Output {
  std::string name;
  std::filesystem::path path;
  std::optional<data::TableFormat> format;
};

// The output that gets what a transform learned from the data.
inline constexpr std::string_view fitted_output = "fitted";

struct Plan {
  std::vector<Input> inputs;
  std::vector<Output> outputs;
  std::vector<std::string> command;             // with placeholders
  std::optional<TransformSpec> transform;       // exactly one of the two
  std::map<std::string, data::Schema> schemas;  // by input or output
  std::map<std::string, std::filesystem::path> inferred;

  bool is_output(const std::string& name) const;
};

Plan make_plan(const Config& config);

// Error{precondition} when an input is not what it was when the plan was made.
void check_inputs_unchanged(const Plan& plan);

// The key of everything that the outputs are made from.
data::CacheKey cache_key(const Plan& plan, const Config& config);

}  // namespace preprocess_runner
