// The layers that a build adds: planned from files, then hashed, then sent.
//
// A layer never exists as a whole, neither in memory nor on disk: its bytes are made once for its digest, and
// again when the target has not got it yet. A file that changes in between is found.
//
// Errors: those of archive::TarPlan; Error{input} for an empty model.   Threads: any.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "archive/tar.hpp"
#include "http/message.hpp"
#include "layer_source.hpp"
#include "oci/manifest.hpp"

namespace build_pin_digest {

enum class Encoding { plain, gzip };

struct PlannedLayer {
  std::shared_ptr<const archive::TarPlan> plan;
  Encoding encoding = Encoding::plain;
  std::string history;  // what the image's history says about it; the same on every machine
};

struct Layer {
  oci::Descriptor descriptor;  // of the bytes that are stored
  base::Digest diff_id;        // of the archive before compression
  std::string history;
  http::BodySource source;
};

// Files from this size on are layers of their own, so that a new version of one does not move the others.
inline constexpr std::uint64_t own_layer_size = std::uint64_t{64} << 20U;
inline constexpr std::size_t most_layers = 100;

PlannedLayer plan_layer(const LayerSource& source, Compression compression, std::int64_t mtime);

// The files of `model` (a directory, or one file) under models/, where KServe looks for them: large files in
// layers of their own, the others together, at most `most` layers in all.
std::vector<PlannedLayer> plan_model(const std::filesystem::path& model, Compression compression,
                                     std::int64_t mtime, std::size_t most = most_layers,
                                     std::uint64_t own_layer = own_layer_size);

// In the same order. Several at once on several cores.
std::vector<Layer> hash_layers(const std::vector<PlannedLayer>& layers);

}  // namespace build_pin_digest
