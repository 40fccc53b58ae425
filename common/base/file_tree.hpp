// FileTree: what is in a directory, by content. crypto/file_hash.hpp makes one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/digest.hpp"

namespace base {

struct FileEntry {
  std::string path;  // relative, with "/", no "." or ".."
  std::uint64_t size = 0;
  bool executable = false;
  Digest digest;
  friend bool operator==(const FileEntry&, const FileEntry&) = default;
};

// Regular files only, sorted by the bytes of the path.
using FileTree = std::vector<FileEntry>;

}  // namespace base
