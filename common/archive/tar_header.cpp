#include "archive/tar_header.hpp"

#include <cstring>
#include <numeric>

namespace archive {
namespace {

// Offsets and widths of the fields; GNU and POSIX agree on these.
struct Field {
  std::size_t offset;
  std::size_t width;
};
constexpr Field name_field{0, 100};
constexpr Field mode_field{100, 8};
constexpr Field uid_field{108, 8};
constexpr Field gid_field{116, 8};
constexpr Field size_field{124, 12};
constexpr Field mtime_field{136, 12};
constexpr Field checksum_field{148, 8};
constexpr std::size_t type_offset = 156;
constexpr Field link_field{157, 100};
constexpr Field magic_field{257, 8};

void put(std::string& block, Field field, const std::string& text) {
  block.replace(field.offset, std::min(field.width, text.size()), text, 0, field.width);
}

// Octal digits and a NUL; a number that needs more digits is written in base 256, big-endian, with the top
// bit set, as GNU tar does for members of 8 GiB and more.
void put_number(std::string& block, Field field, std::uint64_t number) {
  const auto digits = field.width - 1;
  std::string text(field.width, '\0');
  if (number >> (3 * digits) == 0) {
    for (auto i = digits; i-- > 0; number >>= 3U) text[i] = static_cast<char>('0' + (number & 7U));
  } else {
    for (auto i = field.width; i-- > 0; number >>= 8U) text[i] = static_cast<char>(number & 0xFFU);
    text[0] = static_cast<char>(0x80);
  }
  put(block, field, text);
}

// The sum of the block's bytes with the checksum field read as spaces: six digits, NUL, space.
void put_checksum(std::string& block) {
  put(block, checksum_field, std::string(checksum_field.width, ' '));
  const auto sum = std::accumulate(block.begin(), block.end(), std::uint64_t{0},
                                   [](auto total, char c) { return total + static_cast<unsigned char>(c); });
  put_number(block, {checksum_field.offset, 7}, sum);
}

struct Header {
  std::string name;
  std::string link;
  char type = '0';
  std::uint64_t mode = 0644;
  std::uint64_t size = 0;
  std::int64_t mtime = 0;
};

std::string block_of(const Header& header) {
  std::string block(tar_block, '\0');
  put(block, name_field, header.name);
  put_number(block, mode_field, header.mode);
  put_number(block, uid_field, 0);
  put_number(block, gid_field, 0);
  put_number(block, size_field, header.size);
  put_number(block, mtime_field, static_cast<std::uint64_t>(header.mtime));
  block[type_offset] = header.type;
  put(block, link_field, header.link);
  put(block, magic_field, std::string("ustar  \0", 8));
  put_checksum(block);
  return block;
}

// GNU's way for long texts: an entry of type L (name) or K (link target) whose content is the text and a NUL.
std::string long_text(char type, const std::string& text) {
  const auto size = text.size() + 1;
  auto blocks = block_of({.name = "././@LongLink", .type = type, .size = size});
  blocks += text;
  return blocks.append(1 + tar_padding(size), '\0');
}

Header header_of(const std::string& path, const TarEntry& entry, std::int64_t mtime) {
  switch (entry.kind) {
    case TarEntry::Kind::directory:
      return {.name = path + "/", .type = '5', .mode = 0755, .mtime = mtime};
    case TarEntry::Kind::symlink:
      return {.name = path, .link = entry.target, .type = '2', .mode = 0777, .mtime = mtime};
    case TarEntry::Kind::file:
      break;
  }
  const std::uint64_t mode = entry.executable ? 0755 : 0644;
  return {.name = path, .mode = mode, .size = entry.stamp.size, .mtime = mtime};
}

}  // namespace

std::string tar_header(const std::string& path, const TarEntry& entry, std::int64_t mtime) {
  const auto header = header_of(path, entry, mtime);
  std::string blocks;
  if (header.link.size() > link_field.width) blocks += long_text('K', header.link);
  if (header.name.size() > name_field.width) blocks += long_text('L', header.name);
  return blocks + block_of(header);
}

std::size_t tar_padding(std::uint64_t size) {
  return static_cast<std::size_t>((tar_block - size % tar_block) % tar_block);
}

}  // namespace archive
