#include "layers.hpp"

#include <algorithm>
#include <future>
#include <thread>

#include "archive/gzip.hpp"
#include "base/error.hpp"
#include "crypto/hash.hpp"

namespace build_pin_digest {
namespace {

using base::Error;
using base::ErrorKind;
namespace fs = std::filesystem;

// A model's weights are noise to a compressor: minutes of work for some per cent (and KServe unpacks plain
// layers faster). What else comes into an image compresses well.
Encoding encoding_for(Compression compression, Encoding automatic) {
  switch (compression) {
    case Compression::none:
      return Encoding::plain;
    case Compression::gzip:
      return Encoding::gzip;
    case Compression::automatic:
      break;
  }
  return automatic;
}

struct ModelFile {
  std::string path;  // in the image
  fs::path source;
  std::uint64_t size = 0;
};

// By path.
std::vector<ModelFile> model_files(const fs::path& model) {
  if (!fs::is_directory(model)) {
    const auto stamp = archive::stamp_of(model);
    return {{"models/" + model.filename().string(), model, stamp.size}};
  }
  archive::TarPlan all(0);
  all.add_tree(model, "models", archive::Links::refuse);
  std::vector<ModelFile> files;
  for (const auto& [path, entry] : all.entries()) {
    if (entry.kind == archive::TarEntry::Kind::file) files.push_back({path, entry.source, entry.stamp.size});
  }
  if (files.empty()) {
    throw Error(
        ErrorKind::input,
        model.string() + " holds no files; expected a model's directory, such as one that MLflow wrote");
  }
  return files;
}

// Large files one by one; when they are too many, neighbours share a layer.
std::vector<std::vector<ModelFile>> grouped(const std::vector<ModelFile>& files, std::size_t most,
                                            std::uint64_t own_layer) {
  std::vector<ModelFile> large;
  std::vector<ModelFile> small;
  for (const auto& file : files) (file.size >= own_layer ? large : small).push_back(file);
  std::vector<std::vector<ModelFile>> groups;
  if (!small.empty()) groups.push_back(small);
  const auto room = std::max<std::size_t>(1, most - std::min(most, groups.size()));
  const auto together = (large.size() + room - 1) / room;
  for (std::size_t i = 0; i < large.size(); ++i) {
    if (i % together == 0) groups.emplace_back();
    groups.back().push_back(large[i]);
  }
  return groups;
}

std::string history_of(const std::vector<ModelFile>& files) {
  auto text = "add " + files.front().path;
  if (files.size() > 1) text += " and " + std::to_string(files.size() - 1) + " more";
  return text;
}

// Sees the bytes that go by.
archive::ByteReader hashed(archive::ByteReader inner, std::shared_ptr<crypto::Sha256> hash) {
  return [inner = std::move(inner), hash = std::move(hash)](char* buffer, std::size_t size) {
    const auto count = inner(buffer, size);
    hash->update({buffer, count});
    return count;
  };
}

std::uint64_t read_to_end(const archive::ByteReader& reader) {
  std::vector<char> buffer(std::size_t{1} << 20U);
  std::uint64_t total = 0;
  while (const auto count = reader(buffer.data(), buffer.size())) total += count;
  return total;
}

std::function<archive::ByteReader()> bytes_of(const PlannedLayer& layer) {
  if (layer.encoding == Encoding::plain) return [plan = layer.plan] { return archive::read_tar(plan); };
  return [plan = layer.plan] { return archive::gzip(archive::read_tar(plan)); };
}

Layer hash_plain(const PlannedLayer& layer) {
  auto hash = std::make_shared<crypto::Sha256>();
  const auto size = read_to_end(hashed(archive::read_tar(layer.plan), hash));
  const auto digest = hash->finish();
  const oci::Descriptor descriptor{std::string(oci::media_type::oci_layer_tar), digest, size, {}, {}, {}};
  return {descriptor, digest, layer.history, {size, bytes_of(layer)}};
}

Layer hash_gzip(const PlannedLayer& layer) {
  auto before = std::make_shared<crypto::Sha256>();
  auto after = std::make_shared<crypto::Sha256>();
  const auto size = read_to_end(hashed(archive::gzip(hashed(archive::read_tar(layer.plan), before)), after));
  const oci::Descriptor descriptor{
      std::string(oci::media_type::oci_layer_gzip), after->finish(), size, {}, {}, {}};
  return {descriptor, before->finish(), layer.history, {size, bytes_of(layer)}};
}

Layer hash_layer(const PlannedLayer& layer) {
  return layer.encoding == Encoding::plain ? hash_plain(layer) : hash_gzip(layer);
}

}  // namespace

PlannedLayer plan_layer(const LayerSource& source, Compression compression, std::int64_t mtime) {
  auto plan = std::make_shared<archive::TarPlan>(mtime);
  std::error_code code;
  if (fs::is_directory(source.source, code)) {
    plan->add_tree(source.source, source.path_of_directory());
  } else {
    plan->add_file(source.source, source.path_of_file());
  }
  return {plan, encoding_for(compression, Encoding::gzip), "add " + source.destination};
}

std::vector<PlannedLayer> plan_model(const fs::path& model, Compression compression, std::int64_t mtime,
                                     std::size_t most, std::uint64_t own_layer) {
  std::vector<PlannedLayer> layers;
  for (const auto& files : grouped(model_files(model), most, own_layer)) {
    auto plan = std::make_shared<archive::TarPlan>(mtime);
    for (const auto& file : files) plan->add_file(file.source, file.path);
    layers.push_back({plan, encoding_for(compression, Encoding::plain), history_of(files)});
  }
  return layers;
}

std::vector<Layer> hash_layers(const std::vector<PlannedLayer>& layers) {
  const std::size_t at_once = std::max(1U, std::thread::hardware_concurrency());
  std::vector<Layer> hashed_layers;
  for (std::size_t i = 0; i < layers.size(); i += at_once) {
    std::vector<std::future<Layer>> running;
    for (auto j = i; j < std::min(layers.size(), i + at_once); ++j)
      running.push_back(std::async(std::launch::async, hash_layer, std::cref(layers[j])));
    for (auto& each : running) hashed_layers.push_back(each.get());
  }
  return hashed_layers;
}

}  // namespace build_pin_digest
