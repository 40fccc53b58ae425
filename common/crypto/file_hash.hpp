// Hashes of files and of directory trees, in constant memory.
//
// Errors: base::files errors; Error{input} for a file that changes while it is read, for a path that is not
// UTF-8, and for a link, device, socket or FIFO in a tree (unless the rules say otherwise).   Threads: any.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/file_tree.hpp"
#include "base/files.hpp"

namespace crypto {

struct HashedFile {
  base::Digest digest;
  std::uint64_t size;
};

HashedFile hash_file(const std::filesystem::path& path);
// Copies while hashing: the digest is of the bytes that were written to `target`.
HashedFile copy_file(const std::filesystem::path& source, base::AtomicFile& target);

enum class Symlinks { refuse, follow };

struct TreeRules {
  Symlinks symlinks = Symlinks::refuse;
  std::vector<std::string> ignore;  // exact relative paths, each with everything under it
};

// Every regular file under `root`; `root` may itself be one file, whose path is then its own name. Files are
// hashed by several threads. Empty directories do not count.
base::FileTree hash_tree(const std::filesystem::path& root, const TreeRules& rules = {});

// One digest for the tree: SHA-256 over one line "HEX  PATH\n" a file, as sha256sum prints them in the order
// of the paths' bytes. So a shell can check it:
//   find . -type f -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum
base::Digest tree_digest(const base::FileTree& tree);

}  // namespace crypto
