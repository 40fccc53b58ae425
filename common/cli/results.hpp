// Results: the small values that a step hands to the pipeline.
//
// Each declared result is a file, made empty at the start and replaced atomically at the end, without a
// trailing line feed. All of them together must fit Tekton's termination message of 4096 bytes by our own
// count, because Tekton would otherwise fail the step with an exit code of its own.
//
// Errors: Error{internal} for a result that is not declared (a bug of the step); Error{precondition} when a
// file cannot be written; Error{input} naming the results that are too large together.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/table.hpp"

namespace cli {

class Results {
 public:
  explicit Results(const StepTable& table);

  void set(std::string_view name, std::string value);
  const std::string& get(std::string_view name) const;
  const std::map<std::string, std::string>& values() const { return values_; }

 private:
  std::map<std::string, std::string> values_;
};

// Where the files go.
struct ResultFiles {
  std::optional<std::filesystem::path> directory;
  std::map<std::string, std::filesystem::path>
      single;  // --result NAME=PATH: instead of the one in the directory

  bool anywhere() const { return directory.has_value() || !single.empty(); }
  std::optional<std::filesystem::path> path_of(const std::string& name) const;
};

// The size of Tekton's termination message with these results: per result 32 bytes, the name and the value as
// a JSON string with < > & escaped, and 65 bytes for the start time (tektoncd/pipeline pkg/termination,
// measured).
std::size_t tekton_message_size(const std::map<std::string, std::string>& values);
inline constexpr std::size_t tekton_message_limit = 4096;

// Makes every declared result as an empty file.
void create_empty(const ResultFiles& files, const Results& results);
void write(const ResultFiles& files, const Results& results);

}  // namespace cli
