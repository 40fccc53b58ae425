// Files, written so that a reader sees the old content or the new, never a part, even after a power cut:
// beside the target, synced, renamed, the directory synced.
//
// Errors: Error{precondition} "PATH: reason" for what the user can mend (missing, not permitted, disk full),
// Error{unavailable} for what may pass (EIO).   Threads: each object belongs to one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace base {

namespace fs = std::filesystem;

// An open file descriptor, closed at the end.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor();

  int get() const { return descriptor_; }
  explicit operator bool() const { return descriptor_ >= 0; }
  void close();

 private:
  int descriptor_ = -1;
};

// Opens for reading. A directory, a FIFO or a device is an Error: only regular files are read.
FileDescriptor open_for_reading(const fs::path& path);
// Fills `buffer` as far as the file goes; returns the bytes read, 0 at the end.
std::size_t read_some(const FileDescriptor& file, char* buffer, std::size_t size, const fs::path& path);
// Writes all of `bytes`.
void write_all(const FileDescriptor& file, std::string_view bytes, const fs::path& path);

// The whole content. A larger file than `limit` bytes is Error{input}.
std::string read_file(const fs::path& path, std::uintmax_t limit = std::uintmax_t{64} << 20U);
// Missing when there is no such file.
std::optional<std::string> read_file_if_exists(const fs::path& path,
                                               std::uintmax_t limit = std::uintmax_t{64} << 20U);

// Replaces the content of `path` atomically and durably. Parent directories are made. An existing file keeps
// its mode, a new one gets `mode`.
void write_file(const fs::path& path, std::string_view bytes, unsigned mode = 0644);
// As write_file, but leaves a file that already has these bytes alone (and its times); true if it wrote.
bool write_file_if_different(const fs::path& path, std::string_view bytes, unsigned mode = 0644);

// A file in the making. Not committed, it leaves nothing behind.
class AtomicFile {
 public:
  explicit AtomicFile(fs::path target, unsigned mode = 0644);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile();

  void write(std::string_view bytes);
  // The file under its temporary name, for a library that wants to write it by path.
  const fs::path& temporary() const { return temporary_; }
  // Syncs and takes the target's name, replacing what was there.
  void commit();
  // As commit under another name in the same file system: for names that are known only at the end.
  void commit_as(const fs::path& target);

 private:
  fs::path target_;
  fs::path temporary_;
  FileDescriptor file_;
  bool committed_ = false;
};

// A directory in the making beside its target. Not committed, it leaves nothing behind.
class StagedDirectory {
 public:
  explicit StagedDirectory(fs::path target);
  StagedDirectory(const StagedDirectory&) = delete;
  StagedDirectory& operator=(const StagedDirectory&) = delete;
  ~StagedDirectory();

  const fs::path& path() const { return staging_; }
  // Syncs every file and takes the target's name; false, leaving the other one, if the target exists by now.
  bool commit();
  // As commit, but an existing target is exchanged and removed.
  void replace();

 private:
  fs::path target_;
  fs::path staging_;
  bool committed_ = false;
};

// Gives a finished file or directory the target's name, durably, replacing what was there. Both must be in
// one file system: for what another program wrote beside its target. A replaced directory takes the old name.
void publish(const fs::path& finished, const fs::path& target);

// An empty directory, removed with its content at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// An exclusive advisory lock (flock) on a file that is made if needed. The kernel frees it when the process
// ends.
class FileLock {
 public:
  // Waits at most `wait` (and heeds base/interrupt.hpp); Error{precondition} when another holds it that long.
  FileLock(const fs::path& path, std::chrono::milliseconds wait);

 private:
  FileDescriptor file_;
};

// Makes the directory's entries durable.
void sync_directory(const fs::path& directory);
void make_directories(const fs::path& directory);

// `relative` joined to `root`; an absolute path, an empty one, or one with "..", "." or NUL is Error{input}:
// for names that come from a file or a server.
fs::path safe_join(const fs::path& root, std::string_view relative);

}  // namespace base
