#include "cli/run_step.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <new>
#include <thread>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "base/interrupt.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "cli/describe.hpp"
#include "cli/exit_code.hpp"

namespace cli {
namespace {

using base::Error;
using base::ErrorKind;

constexpr auto tekton_results = "/tekton/results";

int number(ExitCode code) {
  return static_cast<int>(code);
}

void write_stdout(std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(STDOUT_FILENO, text.data(), text.size());
    if (count < 0) return;  // the reader went away; the exit code still tells
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

void check_choices(const StepTable& table, const Arguments& arguments) {
  for (const auto* row : all_options(table)) {
    const auto given = arguments.values.find(row->name);
    if (given == arguments.values.end() || row->choices.empty()) continue;
    for (const auto& value : given->second) {
      if (std::find(row->choices.begin(), row->choices.end(), value) != row->choices.end()) continue;
      detail::in_option(row->name, [&] { throw_bad_choice(value, row->choices); });
    }
  }
}

ResultFiles result_files(const StepTable& table, const Arguments& arguments) {
  ResultFiles files;
  if (arguments.has("results-dir")) {
    files.directory = arguments.last("results-dir");
  } else if (std::filesystem::is_directory(tekton_results)) {
    files.directory = tekton_results;
  }
  std::vector<std::string> names;
  for (const auto& row : table.results) names.push_back(row.name);
  const auto given = arguments.values.find("result");
  if (given == arguments.values.end()) return files;
  for (const auto& text : detail::list_values(given->second)) {
    detail::in_option("result", [&] {
      const auto pair = KeyValue::parse(text);
      if (std::find(names.begin(), names.end(), pair.key) == names.end()) {
        throw Error(ErrorKind::usage, "no result is called '" + base::printable(pair.key, 100) + "'" +
                                          base::did_you_mean_hint(pair.key, names));
      }
      if (pair.value.empty()) throw Error(ErrorKind::usage, "'" + pair.key + "=' names no file");
      files.single[pair.key] = pair.value;
    });
  }
  return files;
}

void configure_log(const StepTable& table, const Arguments& arguments) {
  base::LogSettings settings{.step = table.name};
  const auto level = arguments.last("log-level", "info");
  settings.level = level == "debug"     ? base::LogLevel::debug
                   : level == "warning" ? base::LogLevel::warning
                   : level == "error"   ? base::LogLevel::error
                                        : base::LogLevel::info;
  settings.format =
      arguments.last("log-format", "text") == "json" ? base::LogFormat::json : base::LogFormat::text;
  base::set_log(settings);
}

// The backstop for what no deadline reaches, such as a name look-up: some seconds past the deadline the
// process ends.
void arm_deadline(const Arguments& arguments) {
  if (!arguments.has("timeout")) return;
  std::chrono::milliseconds timeout{0};
  detail::in_option("timeout", [&] { timeout = parse_duration(arguments.last("timeout")); });
  base::set_deadline(std::chrono::steady_clock::now() + timeout);
  std::thread([timeout] {
    std::this_thread::sleep_for(timeout + std::chrono::seconds(30));
    base::log_error("the step did not stop within 30 s of its --timeout; ending it");
    ::_exit(number(ExitCode::deadline));
  }).detach();
}

// The exit code of a failure, after saying it in one line.
int report(const std::exception& failure) {
  if (const auto* error = dynamic_cast<const Error*>(&failure)) {
    base::log_error(error->message());
    if (error->kind() == ErrorKind::usage) base::log_info("try --help");
    return number(exit_code_of(error->kind()));
  }
  if (dynamic_cast<const std::bad_alloc*>(&failure) != nullptr) {
    base::log_error("out of memory; raise the memory limit of this step");
    return number(ExitCode::unavailable);
  }
  base::log_error(std::string("internal error, please report it: ") + failure.what());
  return number(ExitCode::internal);
}

std::string as_json(const Results& results) {
  base::OrderedJson object = base::OrderedJson::object();
  for (const auto& [name, value] : results.values()) object[name] = value;
  return object.dump(2) + "\n";
}

int exit_code_of_answer(const Answer& answer, const Arguments& arguments) {
  if (answer.accepted()) return number(ExitCode::ok);
  const bool report_only = arguments.last("on-reject", "fail") == "report";
  base::log_error("rejected: " + answer.reason());
  return number(report_only ? ExitCode::ok : ExitCode::rejected);
}

int run_body(const StepTable& table, const Arguments& arguments,
             const std::function<Answer(const Arguments&, Context&)>& body) {
  const auto files = result_files(table, arguments);
  Context context(table, arguments.has("dry-run") && arguments.last("dry-run") == "true");
  create_empty(files, context.results);
  arm_deadline(arguments);
  int code = number(ExitCode::internal);
  try {
    code = exit_code_of_answer(body(arguments, context), arguments);
  } catch (const std::exception& failure) {
    code = report(failure);
  }
  // Also after a failure: the state, the child's exit code, a verdict are results then, too.
  write(files, context.results);
  if (!files.anywhere() && !context.printed() && code == number(ExitCode::ok))
    write_stdout(as_json(context.results));
  return code;
}

}  // namespace

void Context::print(std::string_view text) {
  printed_ = true;
  write_stdout(text);
}

namespace detail {

std::vector<std::string> list_values(const std::vector<std::string>& given) {
  std::vector<std::string> values;
  for (const auto& each : given) {
    for (auto& line : base::split(each, '\n')) {
      if (!base::trim(line).empty()) values.push_back(std::move(line));
    }
  }
  return values;
}

void in_option(const std::string& name, const std::function<void()>& parse) {
  try {
    parse();
  } catch (const Error& error) {
    throw Error(ErrorKind::usage, "option '--" + name + "': " + error.message());
  }
}

int run_step(const StepTable& table, int argc, char** argv,
             const std::function<Answer(const Arguments&, Context&)>& body) {
  base::set_log({.step = table.name});
  try {
    base::install_signal_handlers();
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (std::find(words.begin(), words.end(), "--help") != words.end()) {
      write_stdout(help_text(table));
      return number(ExitCode::ok);
    }
    if (words == std::vector<std::string>{"--version"}) {
      write_stdout(table.name + " " MLSTEPS_VERSION "\n");
      return number(ExitCode::ok);
    }
    // --describe asks nothing of the required options.
    if (words.size() <= 2 && !words.empty() && words.front().rfind("--describe", 0) == 0) {
      StepTable only_standard = table;
      only_standard.sections.clear();
      const auto arguments = parse_arguments(only_standard, words);
      check_choices(only_standard, arguments);
      write_stdout(describe(table, arguments.last("describe")));
      return number(ExitCode::ok);
    }
    const auto arguments = parse_arguments(table, words);
    check_choices(table, arguments);
    configure_log(table, arguments);
    return run_body(table, arguments, body);
  } catch (const std::exception& failure) {
    return report(failure);
  }
}

}  // namespace detail
}  // namespace cli
