// run_step: the one boundary of a step. Everything that a step's executable does beyond its own work is here.
//
// It parses the command line, makes every result file empty, installs the signal handlers and the deadline,
// runs the step, writes the results (also when the answer is no or the step failed), prints one line on
// stderr when it fails, and turns the error's kind into the exit code. Any exception that is not a
// base::Error is exit 70.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/parse.hpp"
#include "cli/results.hpp"
#include "cli/step.hpp"

namespace cli {

// What the step says when it has done its work without failure.
class Answer {
 public:
  static Answer yes() { return Answer(true, ""); }
  // A gate or a verification says no: exit 10, or 0 under --on-reject=report.
  static Answer no(std::string reason) { return Answer(false, std::move(reason)); }

  bool accepted() const { return accepted_; }
  const std::string& reason() const { return reason_; }

 private:
  Answer(bool accepted, std::string reason) : accepted_(accepted), reason_(std::move(reason)) {}
  bool accepted_;
  std::string reason_;
};

// What the step gets beside its Config.
class Context {
 public:
  Context(const StepTable& table, bool dry_run) : results(table), dry_run_(dry_run) {}

  Results results;
  bool dry_run() const { return dry_run_; }
  // The step's answer on stdout, for machines. A step that prints nothing and has no result files gets its
  // results printed as JSON.
  void print(std::string_view text);
  bool printed() const { return printed_; }

 private:
  bool dry_run_;
  bool printed_ = false;
};

namespace detail {

// Runs everything around `body`, which gets the parsed arguments.
int run_step(const StepTable& table, int argc, char** argv,
             const std::function<Answer(const Arguments&, Context&)>& body);
// Error{usage} naming the option in front.
void in_option(const std::string& name, const std::function<void()>& parse);

template <class Config>
Config config_from(const Step<Config>& step, const Arguments& arguments) {
  Config config;
  for (const auto& section : step.sections) {
    for (const auto& option : section.options) {
      const auto given = arguments.values.find(option.row.name);
      if (given == arguments.values.end()) continue;
      in_option(option.row.name, [&] { option.set(config, given->second); });
    }
  }
  // The words after "--" are the command as they stand; no line of them is split.
  if constexpr (requires { config.command = arguments.command; }) {
    if (!arguments.command.empty()) config.command = arguments.command;
  }
  return config;
}

}  // namespace detail

template <class Config>
int run_step(const Step<Config>& step, Answer (*run)(const Config&, Context&), int argc, char** argv) {
  return detail::run_step(table_of(step), argc, argv, [&](const Arguments& arguments, Context& context) {
    return run(detail::config_from(step, arguments), context);
  });
}

}  // namespace cli
