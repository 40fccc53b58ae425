// What libarchive finds in a tar archive. Apart from the tests, because its `struct archive` and our
// namespace of that name cannot be in one file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace independent_tar {

struct Member {
  std::string path;
  std::string content;
  std::string link;
  unsigned mode;
  std::int64_t mtime;
  std::uint64_t size;
  bool operator==(const Member&) const = default;
};

// Fails the test unless the archive is in GNU format and every owner is 0:0. Content over 1 MiB is left out.
std::vector<Member> members(const std::string& tar);

}  // namespace independent_tar
