#include "base/error.hpp"
#include "base/log.hpp"
#include "build_request.hpp"
#include "location.hpp"
#include "push.hpp"
#include "stages.hpp"

namespace build_pin_digest {
namespace {

using base::Error;
using base::ErrorKind;

void set_results(const oci::Location& location, const base::Digest& digest, cli::Results& results) {
  results.set("IMAGE_URL", url_of(location));
  results.set("IMAGE_DIGEST", digest.text());
  results.set("IMAGE_REF", pinned_text(location, digest));
  results.set("IMAGES", pinned_text(location, digest));
}

// "registry.example/app@sha256:…" as the name of what is built is a promise that is kept or said to be
// broken.
void expect_named_digest(const oci::Location& location, const base::Digest& built) {
  const auto named = digest_in(location);
  if (!named || *named == built) return;
  throw Error(ErrorKind::precondition, "the build gives " + built.text() + ", but --image names " +
                                           named->text() + "; its inputs are not those of that image");
}

// The type of Chains' hint *_ARTIFACT_OUTPUTS: an object whose values are all strings.
std::string artifact_output(const oci::Location& location, const base::Digest& digest) {
  return base::canonical_json(
      {{"uri", url_of(location)}, {"digest", digest.text()}, {"isBuildArtifact", "true"}});
}

void push(const Config& config, const BuiltImage& image) {
  const auto& location = *config.image;
  const auto target = oci::open_repository(location, open_options(config, Access::write));
  const auto pushed = push_image(*target, image, tag_of(location));
  if (pushed == Pushed::before) {
    base::log_info("the image is there already", {{"digest", image.manifest.digest.text()}});
  } else if (location.layout_directory) {  // a registry's client has said it
    base::log_info("wrote " + location.text(), {{"digest", image.manifest.digest.text()}});
  }
}

Image build(const Config& config, cli::Context& context) {
  const auto& location = *config.image;
  const auto image = build_image(build_request(config), open_options(config, Access::read));
  const auto& digest = image.manifest.digest;
  base::log_info("built", {{"digest", digest.text()}, {"layers", std::to_string(image.layers.size())}});
  expect_named_digest(location, digest);
  if (context.dry_run()) {
    base::log_info("dry run: would push " + location.text());
  } else {
    push(config, image);
  }
  context.results.set("BASE_IMAGE_REF", image.base.reference);
  if (config.model) context.results.set("MODEL_ARTIFACT_OUTPUTS", artifact_output(location, digest));
  return {location, digest};
}

Image look_up(const Config& config) {
  const auto& location = *config.image;
  const auto repository = oci::open_repository(location, open_options(config, Access::read));
  return base::in_context("resolving " + location.text(), [&]() -> Image {
    if (auto digest = repository->resolve(location.identifier())) return {location, *std::move(digest)};
    throw Error(ErrorKind::precondition, "no such image; check the name and the tag, or push it first");
  });
}

}  // namespace

std::optional<Image> build_or_resolve(const Config& config, cli::Context& context) {
  if (!config.image) return std::nullopt;
  auto image = asks_for_build(config) ? build(config, context) : look_up(config);
  set_results(image.location, image.digest, context.results);
  return image;
}

}  // namespace build_pin_digest
