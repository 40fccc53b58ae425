#include "cli/table.hpp"

namespace cli {

const OptionSection& standard_options() {
  static const OptionSection section{
      "Standard options",
      {
          {"help", "", "Show this text and exit.", ValueKind::boolean, Presence::optional, "", {}},
          {"version", "", "Show the version and exit.", ValueKind::boolean, Presence::optional, "", {}},
          {"describe",
           "FORM",
           "Print the option table in another form and exit.",
           ValueKind::string,
           Presence::optional,
           "",
           {"tekton-task", "tekton-stepaction", "argo", "kfp", "markdown", "man", "json", "completion"}},
          {"log-format",
           "FORMAT",
           "Form of the log on stderr: lines for people, or one JSON object a line.",
           ValueKind::string,
           Presence::defaulted,
           "text",
           {"text", "json"}},
          {"log-level",
           "LEVEL",
           "The least important level that is logged.",
           ValueKind::string,
           Presence::defaulted,
           "info",
           {"debug", "info", "warning", "error"}},
          {"results-dir",
           "DIR",
           "Directory that gets one file per result; /tekton/results if that exists. Without any, the "
           "results "
           "are printed as a JSON object on stdout.",
           ValueKind::string,
           Presence::optional,
           "",
           {}},
          {"result",
           "NAME=PATH",
           "Write the result NAME to the file PATH (repeatable).",
           ValueKind::list,
           Presence::optional,
           "",
           {}},
          {"timeout",
           "DURATION",
           "Stop with exit code 7 after this time, such as 90s or 1h.",
           ValueKind::string,
           Presence::optional,
           "",
           {}},
          {"dry-run",
           "",
           "Check everything that can be checked, change nothing, and say what would be done.",
           ValueKind::boolean,
           Presence::optional,
           "",
           {}},
          {"on-reject",
           "ACTION",
           "When the answer is no: fail with exit code 10, or report it in the results and exit 0.",
           ValueKind::string,
           Presence::defaulted,
           "fail",
           {"fail", "report"}},
      }};
  return section;
}

std::vector<const OptionRow*> all_options(const StepTable& table) {
  std::vector<const OptionRow*> rows;
  for (const auto& section : table.sections) {
    for (const auto& row : section.options) rows.push_back(&row);
  }
  for (const auto& row : standard_options().options) rows.push_back(&row);
  return rows;
}

const OptionRow* find_option(const StepTable& table, std::string_view name) {
  for (const auto* row : all_options(table)) {
    if (row->name == name) return row;
  }
  return nullptr;
}

}  // namespace cli
