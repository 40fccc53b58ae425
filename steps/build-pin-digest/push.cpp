#include "push.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "blob_relay.hpp"

namespace build_pin_digest {
namespace {

// `content` is what the target takes: a source of bytes, or the bytes.
template <class Content>
void push_blob(oci::Repository& target, const oci::Descriptor& blob, const Content& content,
               const std::string& what) {
  if (target.has_blob(blob.digest)) {
    base::log_debug(what + " is there already", {{"digest", blob.digest.text()}});
    return;
  }
  base::in_context("pushing " + what + " to " + target.name(), [&] { target.put_blob(blob, content); });
  base::log_debug("pushed " + what, {{"digest", blob.digest.text()}});
}

}  // namespace

Pushed push_image(oci::Repository& target, const BuiltImage& image, const std::optional<std::string>& tag) {
  for (const auto& layer : image.base.layers)
    push_blob(target, layer, relayed_blob(image.base.repository, layer), "a layer of the base");
  for (const auto& layer : image.layers)
    push_blob(target, layer.descriptor, layer.source, "the layer '" + layer.history + "'");
  push_blob(target, image.config_descriptor, image.config, "the configuration");

  const auto& digest = image.manifest.digest;
  if (target.resolve(tag ? *tag : digest.text()) == digest) return Pushed::before;
  base::in_context("pushing the manifest to " + target.name(),
                   [&] { target.put_manifest(image.manifest, tag); });
  return Pushed::now;
}

}  // namespace build_pin_digest
