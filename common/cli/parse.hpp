// The command line, parsed by Boost.Program_options under the project's rules:
//
// - an empty value means "not given": Tekton passes every param;
// - "@path" as a value reads the file (one trailing line feed is dropped), "@@text" is the text "@text";
// - nothing is abbreviated or guessed; an unknown option is an error with a hint;
// - a boolean may stand alone or be followed by true, false or an empty value;
// - what follows "--" is a command, for steps that take one.
//
// Errors: Error{usage}.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "cli/table.hpp"

namespace cli {

struct Arguments {
  std::map<std::string, std::vector<std::string>> values;  // option name to its values, never empty ones
  std::vector<std::string> command;                        // what follows "--", as it stands
  bool has(const std::string& name) const { return values.count(name) != 0; }
  // The last value; `fallback` when not given.
  std::string last(const std::string& name, const std::string& fallback = "") const;
};

// `arguments` are argv without the program's name.
Arguments parse_arguments(const StepTable& table, std::span<const std::string> arguments);

}  // namespace cli
