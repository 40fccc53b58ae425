#include "build-pin-digest/blob_relay.hpp"

#include <vector>

#include "base/error.hpp"
#include "crypto/hash.hpp"
#include "support/catch.hpp"

using base::Error;
using base::ErrorKind;

namespace {

// A repository of one blob that can break off while it is read.
class OneBlob : public oci::Repository {
 public:
  OneBlob(std::string bytes, std::size_t breaks_at, int times)
      : bytes_(std::move(bytes)), breaks_at_(breaks_at), times_(times) {}

  oci::Descriptor descriptor() const { return {"type", crypto::sha256(bytes_), bytes_.size(), {}, {}, {}}; }

  // As a registry client does it: after a break, once more from the beginning.
  void read_blob(const oci::Descriptor&, const http::BodySink& sink) override {
    for (int i = 0; i < times_; ++i) {
      sink.restart();
      give(sink, breaks_at_);
    }
    if (breaks_at_ > 0 && times_ == 0) throw Error(ErrorKind::unavailable, "connection reset");
    sink.restart();
    give(sink, bytes_.size());
  }

  std::string name() const override { return "one"; }
  std::optional<oci::RawManifest> manifest(const std::string&) override { return {}; }
  std::optional<base::Digest> resolve(const std::string&) override { return {}; }
  void put_manifest(const oci::RawManifest&, const std::optional<std::string>&) override {}
  bool has_blob(const base::Digest&) override { return true; }
  std::optional<std::string> blob(const oci::Descriptor&, std::uint64_t) override { return bytes_; }
  void put_blob(const oci::Descriptor&, const http::BodySource&) override {}
  std::vector<oci::Descriptor> referrers(const base::Digest&, std::size_t) override { return {}; }
  void put_referrer(const oci::RawManifest&) override {}

 private:
  void give(const http::BodySink& sink, std::size_t size) const {
    constexpr std::size_t piece = 70000;
    for (std::size_t at = 0; at < size; at += piece)
      sink.write(std::string_view(bytes_).substr(at, std::min(piece, size - at)));
  }

  std::string bytes_;
  std::size_t breaks_at_;
  int times_;
};

std::string sample(std::size_t size) {
  std::string text(size, ' ');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>((i * 2654435761U) >> 13U);
  return text;
}

std::string all_of(const http::BodySource& source) {
  const auto reader = source.open();
  std::string bytes;
  std::vector<char> buffer(4099);
  while (const auto count = reader(buffer.data(), buffer.size())) bytes.append(buffer.data(), count);
  CHECK(reader(buffer.data(), buffer.size()) == 0);
  return bytes;
}

}  // namespace

TEST_CASE("a blob arrives whole, also when it is larger than what may wait") {
  for (const std::size_t size : {0U, 1U, 100000U, 9000000U}) {
    const auto bytes = sample(size);
    auto from = std::make_shared<OneBlob>(bytes, 0, 0);
    const auto source = build_pin_digest::relayed_blob(from, from->descriptor());
    CHECK(source.size == size);
    CHECK((all_of(source) == bytes));
    CHECK((all_of(source) == bytes));  // a second try starts from the beginning
  }
}

TEST_CASE("what came before a break is not sent twice") {
  const auto bytes = sample(1000000);
  const std::size_t breaks_at = GENERATE(1U, 70000U, 500001U);
  auto from = std::make_shared<OneBlob>(bytes, breaks_at, 3);
  CHECK((all_of(build_pin_digest::relayed_blob(from, from->descriptor())) == bytes));
}

TEST_CASE("a failure of the reading end comes out at the other") {
  auto from = std::make_shared<OneBlob>(sample(100), 50, 0);
  CHECK_THROWS_AS(all_of(build_pin_digest::relayed_blob(from, from->descriptor())), Error);
}

TEST_CASE("a relay that is dropped half-way ends its thread") {
  auto from = std::make_shared<OneBlob>(sample(20000000), 0, 0);
  {
    const auto reader = build_pin_digest::relayed_blob(from, from->descriptor()).open();
    std::vector<char> buffer(100);
    CHECK(reader(buffer.data(), buffer.size()) == 100);
  }
  CHECK(from.use_count() == 1);
}
