// RecordBuffer: a text file read in blocks, with the record at hand kept together.
//
// Errors: base/files.hpp's; Error{input} for a record beyond 16 MiB.   Threads: one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/files.hpp"

namespace data {

class RecordBuffer {
 public:
  explicit RecordBuffer(std::filesystem::path path);

  // What has been read and not yet consumed.
  std::string_view pending() const { return std::string_view(buffer_).substr(start_); }
  // The same, for unescaping in place.
  char* data() { return buffer_.data() + start_; }
  // Reads more behind pending(), which may move; false at the end of the file.
  bool read_more();
  // Drops the first `size` bytes of pending(); they stay valid until the next read_more.
  void consume(std::size_t size);

  // The line, from 1, on which pending() starts.
  std::uint64_t line() const { return line_; }
  const std::filesystem::path& path() const { return path_; }
  // Error{input} "FILE:LINE: message".
  base::Error error(std::uint64_t line, std::string_view message) const;

 private:
  std::filesystem::path path_;
  base::FileDescriptor file_;
  std::string buffer_;
  std::size_t start_ = 0;
  std::uint64_t line_ = 1;
  bool at_end_ = false;
};

// Refuses NUL bytes and invalid UTF-8 in the record that starts on `line`.
void check_text(const RecordBuffer& buffer, std::string_view record, std::uint64_t line);

}  // namespace data
