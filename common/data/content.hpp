// The content of a file or a directory as one name, so that equal data is known without looking at it.
//
// Errors: those of crypto/file_hash.hpp; symbolic links in a directory are refused, empty directories do not
// count.   Threads: any.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/file_tree.hpp"

namespace data {

struct Content {
  // A file's SHA-256, or a directory's crypto::tree_digest.
  base::Digest digest;
  std::uint64_t size = 0;
  bool directory = false;
  base::FileTree files;
};

// Error{precondition} when there is nothing at `path`.
Content content_of(const std::filesystem::path& path);

// The hash that DVC 3 writes for this path ("hash: md5" in .dvc files and dvc.lock): a file's MD5, or for a
// directory the MD5 of the JSON list of its files with ".dir" behind
// (https://dvc.org/doc/user-guide/project-structure/dvc-files). It names data, it protects nothing.
std::string dvc_md5(const std::filesystem::path& path);
struct DvcFile {
  std::string path;  // relative, with "/"
  std::string md5;
};
// Of files sorted by their paths.
std::string dvc_directory_md5(const std::vector<DvcFile>& files);

// Changes whenever a file at or under `path` is written to, without reading it: names, sizes and times.
std::string quick_state(const std::filesystem::path& path);

}  // namespace data
