// TarPlan: what an archive will contain. From a plan the archive can be read any number of times, and each
// time, on every machine, it is the same bytes, whose number is known beforehand.
//
// GNU format, entries in the order of their paths' bytes, every parent directory once and before what is in
// it, one constant time, owner 0:0 without names, modes 0755 (directories and executable files) and 0644, no
// extended attributes, no sparse files, no hard links, two zero blocks at the end. Facts:
// https://www.gnu.org/software/tar/manual/html_node/Standard.html, and the OCI image specification, layer.md.
//
// Errors: Error{input} for a path that leaves the archive's root, is not UTF-8, or has a component ".wh.…"
// (a reader would take it for a deletion), for a device, socket or FIFO, for a path that is planned twice,
// and for a file that changes between the plan and the reading; base/files.hpp errors for the rest.
// Threads: a plan that is no longer added to may be read by several threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "archive/byte_reader.hpp"

namespace archive {

// What tells that a file was changed without reading it.
struct FileStamp {
  std::uint64_t size = 0;
  std::uint64_t inode = 0;
  std::int64_t modified_ns = 0;
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

struct TarEntry {
  enum class Kind { directory, file, symlink };
  Kind kind = Kind::directory;
  std::filesystem::path source;  // of a file
  FileStamp stamp;               // of a file
  bool executable = false;
  std::string target;  // of a symbolic link
};

enum class Links { keep, refuse };

class TarPlan {
 public:
  // `mtime` in seconds since 1970, for every entry.
  explicit TarPlan(std::int64_t mtime) : mtime_(mtime) {}

  // `path` is relative, such as "models/weights.bin"; its parents are planned, too.
  void add_file(const std::filesystem::path& source, const std::string& path);
  // What is in the directory `source`, under `path` ("" for the archive's root). Symbolic links are kept as
  // they are, never followed, but one that climbs above the root is refused.
  void add_tree(const std::filesystem::path& source, const std::string& path, Links links = Links::keep);

  // By path, directories without a slash at the end.
  const std::map<std::string, TarEntry>& entries() const { return entries_; }
  std::int64_t mtime() const { return mtime_; }
  // Of the whole archive, in bytes.
  std::uint64_t size() const;

 private:
  void add(const std::string& path, TarEntry entry);
  void add_directory(const std::string& path);
  void add_link(const std::filesystem::path& source, const std::string& path);

  std::int64_t mtime_;
  std::map<std::string, TarEntry> entries_;
};

// The archive from its first byte.
ByteReader read_tar(std::shared_ptr<const TarPlan> plan);

// Of a regular file; anything else is Error{input}.
FileStamp stamp_of(const std::filesystem::path& file);

}  // namespace archive
