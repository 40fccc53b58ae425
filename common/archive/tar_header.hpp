// The 512-byte blocks that stand before an entry's content in a GNU tar archive.
#pragma once

#include <cstdint>
#include <string>

#include "archive/tar.hpp"

namespace archive {

inline constexpr std::size_t tar_block = 512;

// The header of `entry`, with an entry of its own before it for a name or link target over 100 bytes.
std::string tar_header(const std::string& path, const TarEntry& entry, std::int64_t mtime);
// The bytes that fill the last block after `size` bytes of content.
std::size_t tar_padding(std::uint64_t size);

}  // namespace archive
