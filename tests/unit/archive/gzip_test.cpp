#include "archive/gzip.hpp"

#include <zlib.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "support/catch.hpp"

namespace {

// Gives at most `step` bytes at once.
archive::ByteReader from(const std::string& content, std::size_t step) {
  return [content, step, position = std::size_t{0}](char* buffer, std::size_t size) mutable {
    const auto count = std::min({size, step, content.size() - position});
    std::memcpy(buffer, content.data() + position, count);
    position += count;
    return count;
  };
}

std::string all_of(const archive::ByteReader& reader, std::size_t step) {
  std::string bytes;
  std::vector<char> buffer(step);
  while (const auto count = reader(buffer.data(), buffer.size())) bytes.append(buffer.data(), count);
  return bytes;
}

// The first member; `rest` gets the number of bytes after it.
std::string unpacked(const std::string& gzip, std::size_t& rest) {
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  std::string input = gzip;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  std::string content;
  std::vector<char> buffer(65536);
  int status = Z_OK;
  while (status == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    status = inflate(&stream, Z_NO_FLUSH);
    content.append(buffer.data(), buffer.size() - stream.avail_out);
  }
  CHECK(status == Z_STREAM_END);
  rest = stream.avail_in;
  inflateEnd(&stream);
  return content;
}

std::string sample(std::size_t size) {
  std::mt19937 random(1);  // NOLINT: the same text every time
  std::string text;
  while (text.size() < size) text += std::to_string(random() % 5000) + " words ";
  text.resize(size);
  return text;
}

}  // namespace

TEST_CASE("gzip is one member with a header that tells nothing of the machine") {
  for (const std::size_t size : {0U, 1U, 262144U, 262145U, 3000000U}) {
    const auto content = sample(size);
    const auto bytes = all_of(archive::gzip(from(content, 1U << 20U)), 1U << 20U);
    CHECK(bytes.substr(0, 10) == std::string("\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff", 10));
    std::size_t rest = 1;
    CHECK((unpacked(bytes, rest) == content));
    CHECK(rest == 0);
  }
}

TEST_CASE("gzip does not depend on how its content comes and goes") {
  const auto content = sample(700000);
  const auto bytes = all_of(archive::gzip(from(content, 1U << 20U)), 1U << 20U);
  for (const std::size_t in : {1U, 4099U, 262144U}) {
    for (const std::size_t out : {1U, 65536U, 1000003U})
      CHECK((all_of(archive::gzip(from(content, in)), out) == bytes));
  }
}
