#include "image.hpp"

#include <algorithm>
#include <chrono>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"

namespace build_pin_digest {
namespace {

// Docker's overlay file system takes 127 layers, and several registries take no more.
constexpr std::size_t most_layers_of_an_image = 127;

std::int64_t seconds_of(base::Time time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

std::vector<PlannedLayer> plan_layers(const BuildRequest& request, std::size_t base_layers,
                                      std::int64_t mtime) {
  std::vector<PlannedLayer> plans;
  for (const auto& source : request.layers) plans.push_back(plan_layer(source, request.compression, mtime));
  if (request.model) {
    const auto taken = std::min(most_layers - 1, base_layers + plans.size());
    for (auto& each : plan_model(*request.model, request.compression, mtime, most_layers - taken))
      plans.push_back(std::move(each));
  }
  if (base_layers + plans.size() <= most_layers_of_an_image) return plans;
  throw base::Error(base::ErrorKind::input,
                    "the image would have " + std::to_string(base_layers + plans.size()) +
                        " layers, and container runtimes take 127; put several --layer into one directory");
}

oci::RawManifest manifest_of(const BuiltImage& image, const std::vector<cli::KeyValue>& annotations) {
  oci::Manifest manifest{std::string(oci::media_type::oci_manifest),
                         {},
                         image.config_descriptor,
                         image.base.layers,
                         {},
                         image.base.annotations};
  for (const auto& layer : image.layers) manifest.layers.push_back(layer.descriptor);
  for (const auto& each : annotations) manifest.annotations[each.key] = each.value;
  return manifest.to_raw();
}

}  // namespace

BuiltImage build_image(const BuildRequest& request, const oci::OpenOptions& options) {
  const auto created = base::source_date_epoch().value_or(base::Time{});
  auto parent = load_base(request.base, request.platform, options);
  const auto plans = plan_layers(request, parent.layers.size(), seconds_of(created));
  auto layers = base::in_context("reading the layers", [&] { return hash_layers(plans); });

  apply(request.config, parent.config);
  append_layers(layers, base::rfc3339(created), parent.config);
  auto config = base::canonical_json(parent.config);
  const oci::Descriptor descriptor{
      std::string(oci::media_type::oci_config), crypto::sha256(config), config.size(), {}, {}, {}};
  BuiltImage image{std::move(parent), std::move(layers), descriptor, std::move(config),
                   oci::RawManifest{"", "", descriptor.digest}};
  image.manifest = manifest_of(image, request.annotations);
  return image;
}

}  // namespace build_pin_digest
