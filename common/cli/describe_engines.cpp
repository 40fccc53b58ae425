#include "cli/describe_engines.hpp"

#include <algorithm>
#include <array>

namespace cli {

std::string image_of(const StepTable& table) {
  return "ghcr.io/mlsteps/" + table.name + ":" MLSTEPS_VERSION;
}

std::string program_of(const StepTable& table) {
  return "/usr/local/bin/" + table.name;
}

std::vector<OptionRow> engine_options(const StepTable& table) {
  // Where results go and how the table prints itself is the template's business.
  constexpr std::array<std::string_view, 5> left_out{"help", "version", "describe", "results-dir", "result"};
  std::vector<OptionRow> rows;
  for (const auto* row : all_options(table)) {
    if (std::find(left_out.begin(), left_out.end(), row->name) == left_out.end()) rows.push_back(*row);
  }
  return rows;
}

base::OrderedJson restricted_security_context() {
  return {{"runAsNonRoot", true},
          {"runAsUser", 65532},
          {"allowPrivilegeEscalation", false},
          {"readOnlyRootFilesystem", true},
          {"capabilities", {{"drop", base::OrderedJson::array({"ALL"})}}},
          {"seccompProfile", {{"type", "RuntimeDefault"}}}};
}

std::string generated_notice(const StepTable& table) {
  return "# Generated from steps/" + table.name + "/step.cpp by --describe; change it there.\n";
}

}  // namespace cli
