// What the step does, one stage after the other: build and push, or resolve; sign; pin.
//
// Errors: those of the libraries beneath.   Threads: one.
#pragma once

#include <optional>

#include "base/digest.hpp"
#include "cli/run_step.hpp"
#include "oci/reference.hpp"
#include "step.hpp"

namespace build_pin_digest {

// Error{usage} for options that ask for nothing, or that make no sense together.
void check_options(const Config& config);

// The image that --image names, after it was built or resolved.
struct Image {
  oci::Location location;
  base::Digest digest;
};

void generate_keys(const Config& config, const cli::Context& context);
// Builds and pushes, or looks up; missing without --image. Sets the results that name the image.
std::optional<Image> build_or_resolve(const Config& config, cli::Context& context);
void sign(const Config& config, const std::optional<Image>& image, const cli::Context& context);
cli::Answer pin_manifests(const Config& config, const std::optional<Image>& image, cli::Context& context);

}  // namespace build_pin_digest
