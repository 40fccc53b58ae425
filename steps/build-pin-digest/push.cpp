#include "push.hpp"

#include <cstring>

#include "base/log.hpp"
#include "base/text.hpp"
#include "blob_relay.hpp"

namespace build_pin_digest {
namespace {

void push_blob(oci::Repository& target, const oci::Descriptor& blob, const http::BodySource& source,
               const std::string& what) {
  if (target.has_blob(blob.digest)) {
    base::log_debug(what + " is there already", {{"digest", blob.digest.text()}});
    return;
  }
  base::in_context("pushing " + what + " to " + target.name(), [&] { target.put_blob(blob, source); });
  base::log_info("pushed " + what, {{"digest", blob.digest.text()}, {"size", base::human_bytes(blob.size)}});
}

http::BodySource text_body(const std::string& text) {
  return {text.size(), [&text] {
            return [&text, position = std::size_t{0}](char* buffer, std::size_t size) mutable {
              const auto count = std::min(size, text.size() - position);
              std::memcpy(buffer, text.data() + position, count);
              position += count;
              return count;
            };
          }};
}

}  // namespace

void push_image(oci::Repository& target, const BuiltImage& image, const std::optional<std::string>& tag) {
  for (const auto& layer : image.base.layers)
    push_blob(target, layer, relayed_blob(image.base.repository, layer), "a layer of the base");
  for (const auto& layer : image.layers)
    push_blob(target, layer.descriptor, layer.source, "the layer '" + layer.history + "'");
  push_blob(target, image.config_descriptor, text_body(image.config), "the configuration");

  const auto& digest = image.manifest.digest;
  if (target.resolve(tag ? *tag : digest.text()) == digest) {
    base::log_info("the image is there already", {{"digest", digest.text()}});
    return;
  }
  base::in_context("pushing the manifest to " + target.name(),
                   [&] { target.put_manifest(image.manifest, tag); });
  base::log_info("pushed the image", {{"digest", digest.text()}, {"tag", tag.value_or("")}});
}

}  // namespace build_pin_digest
