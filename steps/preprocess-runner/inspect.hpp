// Looks at the tables among inputs and outputs: schemas, rows, profiles.
//
// Errors: Error{input} for a table that breaks its schema, after every violation was logged.
// Threads: main thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "data/profile.hpp"
#include "preprocess-runner/plan.hpp"
#include "preprocess-runner/workspace.hpp"

namespace preprocess_runner {

// Which tables are to be looked at, and what for.
struct Inspection {
  std::string name;
  std::filesystem::path path;
  const data::Schema* schema = nullptr;  // missing: nothing is checked
  bool profile = false;
  std::size_t most_violations = 5;
  data::ReadSettings read;
};

struct Inspected {
  std::uint64_t rows = 0;
  std::optional<data::Profile> profile;
};

// How the table is read: as the transform file says, and with the types that its schema says, so that a value
// of another type is reported with its line.
data::ReadSettings read_settings(const Plan& plan, const std::string& name,
                                 const std::filesystem::path& path);

Inspected inspect(const Inspection& inspection);

}  // namespace preprocess_runner
