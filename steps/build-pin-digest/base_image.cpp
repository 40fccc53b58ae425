#include "base_image.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "image_config.hpp"
#include "location.hpp"

namespace build_pin_digest {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::uint64_t config_limit = std::uint64_t{4} << 20U;

const oci::Platform& default_platform() {
  static const oci::Platform platform{"linux", "amd64", ""};
  return platform;
}

// Missing variants match: "arm64" is "arm64/v8", and an index may say less than we ask.
bool matches(const oci::Platform& offered, const oci::Platform& wanted) {
  return offered.os == wanted.os && offered.architecture == wanted.architecture &&
         (offered.variant.empty() || wanted.variant.empty() || offered.variant == wanted.variant);
}

oci::RawManifest find(oci::Repository& repository, const std::string& identifier, std::string_view where) {
  auto found = repository.manifest(identifier);
  if (!found) {
    throw Error(ErrorKind::precondition,
                std::string(where) + ": no such image; check the name and the tag, or push it first");
  }
  return *std::move(found);
}

oci::RawManifest find_child(oci::Repository& repository, const oci::RawManifest& raw,
                            const oci::Platform& platform, std::string_view where) {
  const auto index = oci::Index::parse(raw);
  auto child = find(repository, choose_platform(index, platform, where).digest.text(), where);
  if (child.is_index())
    throw Error(ErrorKind::input, std::string(where) + " is an index of indexes; name one of the inner ones");
  return child;
}

void expect_platform(const base::Json& config, const oci::Platform& wanted, std::string_view where) {
  const oci::Platform found{base::optional_string(config, "os", where).value_or(""),
                            base::optional_string(config, "architecture", where).value_or(""),
                            base::optional_string(config, "variant", where).value_or("")};
  if (matches(found, wanted)) return;
  throw Error(ErrorKind::precondition, std::string(where) + " is an image for " +
                                           base::printable(found.text(), 100) + ", not for --platform " +
                                           wanted.text());
}

base::Json read_config(oci::Repository& repository, const oci::Manifest& manifest, std::string_view where) {
  const auto& type = manifest.config.media_type;
  if (type != oci::media_type::oci_config && type != oci::media_type::docker_config) {
    throw Error(ErrorKind::input, std::string(where) + " has a configuration of type '" +
                                      base::printable(type, 200) + "'; only container images can be a base");
  }
  const auto bytes = repository.blob(manifest.config, config_limit);
  if (!bytes) {
    throw Error(ErrorKind::precondition, std::string(where) + ": its configuration " +
                                             manifest.config.digest.text() + " is missing; push it again");
  }
  auto config = base::parse_json(*bytes, std::string(where) + " configuration");
  check_config(config, manifest.layers.size(), where);
  return config;
}

// What does not depend on this machine: a layout's directory is left out.
std::map<std::string, std::string> base_annotations(const oci::Location& location,
                                                    const base::Digest& digest) {
  std::map<std::string, std::string> annotations{{"org.opencontainers.image.base.digest", digest.text()}};
  if (location.reference) {
    auto named = *location.reference;
    if (named.tag) named.digest.reset();
    annotations.emplace("org.opencontainers.image.base.name", named.text());
  }
  return annotations;
}

}  // namespace

std::string oci_layer_type(const std::string& media_type, std::string_view where) {
  static const std::map<std::string, std::string_view, std::less<>> types{
      {std::string(oci::media_type::oci_layer_tar), oci::media_type::oci_layer_tar},
      {std::string(oci::media_type::oci_layer_gzip), oci::media_type::oci_layer_gzip},
      {std::string(oci::media_type::oci_layer_zstd), oci::media_type::oci_layer_zstd},
      {std::string(oci::media_type::docker_layer_gzip), oci::media_type::oci_layer_gzip},
      {"application/vnd.docker.image.rootfs.diff.tar", oci::media_type::oci_layer_tar},
      {"application/vnd.docker.image.rootfs.diff.tar.zstd", oci::media_type::oci_layer_zstd},
  };
  if (const auto found = types.find(media_type); found != types.end()) return std::string(found->second);
  const bool foreign = media_type == oci::media_type::docker_foreign ||
                       media_type.find("nondistributable") != std::string::npos;
  throw Error(ErrorKind::input,
              std::string(where) + " has a layer of type '" + base::printable(media_type, 200) +
                  (foreign ? "', which is kept elsewhere and may not be copied; use a base "
                             "without foreign layers"
                           : "', which is not a container image's layer; use another base"));
}

const oci::Descriptor& choose_platform(const oci::Index& index, const oci::Platform& platform,
                                       std::string_view where) {
  std::vector<std::string> offered;
  for (const auto& each : index.manifests) {
    if (!each.platform || each.platform->os == "unknown") continue;
    if (matches(*each.platform, platform)) return each;
    offered.push_back(each.platform->text());
  }
  throw Error(
      ErrorKind::precondition,
      std::string(where) + " has no image for " + platform.text() + "; it has " +
          (offered.empty() ? "none for any platform" : base::printable(base::join(offered, ", "), 500)));
}

BaseImage load_base(const BaseName& name, const std::optional<oci::Platform>& platform,
                    const oci::OpenOptions& options) {
  const auto& wanted = platform ? *platform : default_platform();
  if (!name.location) return {empty_config(wanted), {}, {}, "", nullptr};
  const auto where = "base " + name.text();
  return base::in_context("reading the base image", [&] {
    std::shared_ptr<oci::Repository> repository = oci::open_repository(*name.location, options);
    auto raw = find(*repository, name.location->identifier(), where);
    if (raw.is_index()) raw = find_child(*repository, raw, wanted, where);
    const auto manifest = oci::Manifest::parse(raw);
    BaseImage image{read_config(*repository, manifest, where), manifest.layers,
                    base_annotations(*name.location, raw.digest), pinned_text(*name.location, raw.digest),
                    repository};
    if (platform) expect_platform(image.config, *platform, where);
    for (auto& layer : image.layers) layer.media_type = oci_layer_type(layer.media_type, where);
    return image;
  });
}

}  // namespace build_pin_digest
