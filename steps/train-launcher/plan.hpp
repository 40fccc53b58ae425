// Plan: everything about a training that is settled before it starts.
//
// Errors: Error{usage} for a command that cannot be made from the options, Error{precondition or input} for
// data that cannot be read.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/process.hpp"
#include "train-launcher/step.hpp"

namespace train_launcher {

struct DataInput {
  std::string name;
  std::string path;
  base::Digest digest;  // of the file's bytes, or crypto::tree_digest of a directory
};

struct Plan {
  base::Command command;
  std::vector<DataInput> data;
  base::Json git;          // {"commit", "dirty"}, or null outside a repository
  base::Json environment;  // the variables that can change the outcome
};

// Replaces {param.NAME}, {data.NAME}, {model-dir}, {metrics-file} and {seed} in the command's words, makes
// the environment and digests the data.
Plan make_plan(const Config& config);

}  // namespace train_launcher
