// Journal: an append-only file of lines, each durable once it is written.
//
// A writer that dies leaves at most one line without its line feed; readers leave that one out and the next
// writer removes it. Appending needs a lock (base::FileLock) that the caller holds; reading needs none.
//
// Errors: base/files.hpp errors.   Threads: one.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace model_registry {

class Journal {
 public:
  explicit Journal(std::filesystem::path file) : file_(std::move(file)) {}

  const std::filesystem::path& file() const { return file_; }
  // Whole lines without their line feeds; none when there is no file.
  std::vector<std::string> lines() const;
  // Appends `line` and syncs. When the disk is full, the journal is as before.
  void append(const std::string& line);

 private:
  std::filesystem::path file_;
};

}  // namespace model_registry
