#include "build-pin-digest/layers.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/files.hpp"
#include "crypto/hash.hpp"
#include "support/catch.hpp"

namespace fs = std::filesystem;
using build_pin_digest::Compression;
using build_pin_digest::Encoding;
using build_pin_digest::hash_layers;
using build_pin_digest::Layer;
using build_pin_digest::LayerSource;
using build_pin_digest::plan_layer;
using build_pin_digest::plan_model;
using build_pin_digest::PlannedLayer;

namespace {

struct Fixture {
  base::TemporaryDirectory temporary;
  fs::path root = temporary.path() / "model";

  fs::path file(const std::string& name, std::size_t size) const {
    base::write_file(root / name, std::string(size, name.back()));
    return root / name;
  }
};

std::vector<std::string> files_of(const PlannedLayer& layer) {
  std::vector<std::string> paths;
  for (const auto& [path, entry] : layer.plan->entries()) {
    if (entry.kind == archive::TarEntry::Kind::file) paths.push_back(path);
  }
  return paths;
}

std::string bytes_of(const Layer& layer) {
  const auto reader = layer.source.open();
  std::string bytes;
  std::vector<char> buffer(10000);
  while (const auto count = reader(buffer.data(), buffer.size())) bytes.append(buffer.data(), count);
  return bytes;
}

}  // namespace

TEST_CASE("large model files are layers of their own, the others share one") {
  Fixture f;
  f.file("MLmodel", 10);
  f.file("data/model-2.bin", 1000);
  f.file("data/model-1.bin", 1001);
  f.file("data/vocab", 999);
  const auto plans = plan_model(f.root, Compression::automatic, 0, 100, 1000);
  REQUIRE(plans.size() == 3);
  CHECK(files_of(plans[0]) == std::vector<std::string>{"models/MLmodel", "models/data/vocab"});
  CHECK(files_of(plans[1]) == std::vector<std::string>{"models/data/model-1.bin"});
  CHECK(files_of(plans[2]) == std::vector<std::string>{"models/data/model-2.bin"});
  CHECK(plans[0].history == "add models/MLmodel and 1 more");
  CHECK(plans[1].history == "add models/data/model-1.bin");
  for (const auto& plan : plans) CHECK(plan.encoding == Encoding::plain);
}

TEST_CASE("too many large files share layers evenly, none is lost") {
  Fixture f;
  for (int i = 0; i < 23; ++i) f.file("shard-" + std::to_string(100 + i), 100);
  f.file("config", 1);
  const std::size_t most = GENERATE(1U, 2U, 3U, 5U, 24U, 100U);
  const auto plans = plan_model(f.root, Compression::automatic, 0, most, 100);
  CHECK(plans.size() <= std::max<std::size_t>(2, most));
  std::size_t total = 0;
  for (const auto& plan : plans) total += files_of(plan).size();
  CHECK(total == 24);
}

TEST_CASE("a model that is one file keeps its name, an empty one is refused") {
  Fixture f;
  const auto file = f.file("model.onnx", 5);
  CHECK(files_of(plan_model(file, Compression::automatic, 0).front()) ==
        std::vector<std::string>{"models/model.onnx"});
  fs::create_directories(f.temporary.path() / "empty/inside");
  CHECK_THROWS_AS(plan_model(f.temporary.path() / "empty", Compression::automatic, 0), base::Error);
  CHECK_THROWS_AS(plan_model(f.temporary.path() / "missing", Compression::automatic, 0), base::Error);
  fs::create_symlink("model.onnx", f.root / "link");
  CHECK_THROWS_AS(plan_model(f.root, Compression::automatic, 0), base::Error);
}

TEST_CASE("compression is what was asked for") {
  Fixture f;
  const auto file = f.file("x", 5);
  const LayerSource source{file, "/x"};
  CHECK(plan_layer(source, Compression::automatic, 0).encoding == Encoding::gzip);
  CHECK(plan_layer(source, Compression::none, 0).encoding == Encoding::plain);
  CHECK(plan_model(file, Compression::gzip, 0).front().encoding == Encoding::gzip);
}

TEST_CASE("a hashed layer describes exactly the bytes that it gives, every time") {
  Fixture f;
  f.file("a", 300000);
  f.file("b/c", 7);
  const LayerSource source{f.root, "/opt"};
  const auto layers =
      hash_layers({plan_layer(source, Compression::none, 0), plan_layer(source, Compression::gzip, 0)});
  REQUIRE(layers.size() == 2);
  for (const auto& layer : layers) {
    for (int time = 0; time < 2; ++time) {
      const auto bytes = bytes_of(layer);
      CHECK(bytes.size() == layer.descriptor.size);
      CHECK(bytes.size() == layer.source.size);
      CHECK(crypto::sha256(bytes) == layer.descriptor.digest);
    }
  }
  CHECK(layers[0].diff_id == layers[0].descriptor.digest);
  CHECK(layers[1].diff_id == layers[0].diff_id);
  CHECK(layers[1].descriptor.digest != layers[1].diff_id);
  CHECK(layers[0].descriptor.media_type == "application/vnd.oci.image.layer.v1.tar");
  CHECK(layers[1].descriptor.media_type == "application/vnd.oci.image.layer.v1.tar+gzip");
}

TEST_CASE("a file that changes between hashing and sending is found") {
  Fixture f;
  f.file("a", 10);
  const auto layers = hash_layers({plan_layer({f.root, "/opt"}, Compression::gzip, 0)});
  f.file("a", 11);
  CHECK_THROWS_AS(bytes_of(layers.front()), base::Error);
}
