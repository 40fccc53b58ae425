// Renderers of an option table. Each is a pure function; the committed files under tekton/, argo/,
// examples/kfp/ and in the documents are their output.
#pragma once

#include <string>
#include <string_view>

#include "cli/table.hpp"

namespace cli {

// `form` is a choice of --describe. The text ends with a line feed.
std::string describe(const StepTable& table, std::string_view form);

// The help text in man-page order, at most 80 columns wide.
std::string help_text(const StepTable& table);

std::string describe_tekton_task(const StepTable& table);
std::string describe_tekton_stepaction(const StepTable& table);
std::string describe_argo(const StepTable& table);
std::string describe_kfp(const StepTable& table);
std::string describe_markdown(const StepTable& table);
std::string describe_man(const StepTable& table);
std::string describe_json(const StepTable& table);
std::string describe_completion(const StepTable& table);

}  // namespace cli
