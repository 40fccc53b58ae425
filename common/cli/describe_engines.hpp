// What the renderers for the engines share.
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "cli/table.hpp"

namespace cli {

// The image of a step in generated files; images/build.sh pins it to a digest.
std::string image_of(const StepTable& table);
// "/usr/local/bin/STEP": engines ignore an image's ENTRYPOINT or look it up over the network, so it is always
// given.
std::string program_of(const StepTable& table);
// The options that an engine passes: all of the step's own, and of the standard ones those that mean
// something there.
std::vector<OptionRow> engine_options(const StepTable& table);
// The security context of the restricted Pod Security level, and a read-only root.
base::OrderedJson restricted_security_context();
// "# Generated from steps/STEP/step.cpp …" and a line feed.
std::string generated_notice(const StepTable& table);

}  // namespace cli
