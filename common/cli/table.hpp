// The option table and the result table of a step: the one source of its command line, its help, its Tekton
// Task, its Argo template, its KFP component and its documentation.
//
// A table is plain data without the types of the step's Config, so that a renderer (describe.hpp) needs no
// template.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

// How a value is written in engines that know types. A list is one value a line in every engine.
enum class ValueKind { string, integer, number, boolean, list };

enum class Presence {
  required,   // must be given and not empty
  defaulted,  // has `default_text`
  optional,   // may be absent
};

struct OptionRow {
  std::string name;        // --NAME on the command line, NAME as a param or parameter everywhere else
  std::string value_name;  // in capitals, for the help text; "" for a boolean
  std::string help;        // one or more sentences
  ValueKind kind = ValueKind::string;
  Presence presence = Presence::optional;
  std::string default_text;
  std::vector<std::string> choices;  // the values that are accepted; empty: any
};

struct OptionSection {
  std::string title;
  std::vector<OptionRow> options;
};

// What the pipeline can read when the step has ended. Every declared result exists from the start, empty.
struct ResultRow {
  std::string name;
  std::string help;
};

struct ExampleRow {
  std::string title;
  std::string command;  // as typed in a shell; long ones with backslash line ends
};

// What the engines must know beyond options and results.
struct Traits {
  bool side_effects = true;     // changes something outside its outputs: KFP must not cache it
  bool gate = false;            // says yes or no: no engine may retry it blindly
  bool takes_command = false;   // everything after "--" is a command, kept in the list option "command"
  bool uses_registry = false;   // reads DOCKER_CONFIG
  std::string cpu = "100m";     // requests
  std::string memory = "64Mi";  // request
  std::string memory_limit = "512Mi";
};

struct StepTable {
  std::string name;
  std::string summary;      // one line
  std::string description;  // paragraphs separated by an empty line
  std::vector<OptionSection> sections;
  std::vector<ResultRow> results;
  std::vector<ExampleRow> examples;
  Traits traits;
};

// The options that every step has, in one section.
const OptionSection& standard_options();
// The step's own sections and the standard one.
std::vector<const OptionRow*> all_options(const StepTable& table);
const OptionRow* find_option(const StepTable& table, std::string_view name);

}  // namespace cli
