#include "data/record_buffer.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/interrupt.hpp"
#include "base/text.hpp"

namespace data {
namespace {

constexpr std::size_t block_size = std::size_t{1} << 20U;
constexpr std::size_t largest_record = std::size_t{16} << 20U;

bool all_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char each) { return (each & '\x80') != 0; });
}

// The length of the longest start of `text` that is valid: found by halving, as only errors need it.
std::size_t valid_prefix(std::string_view text) {
  std::size_t good = 0;
  for (std::size_t i = 1; i <= text.size() && i <= good + 4; ++i) {
    if (base::is_valid_utf8(text.substr(good, i - good))) good = i;
  }
  return good;
}

}  // namespace

RecordBuffer::RecordBuffer(std::filesystem::path path)
    : path_(std::move(path)), file_(base::open_for_reading(path_)) {
  while (buffer_.size() < 3 && read_more()) {
  }
  if (buffer_.rfind("\xFF\xFE", 0) == 0 || buffer_.rfind("\xFE\xFF", 0) == 0) {
    throw error(1, "starts with a UTF-16 byte order mark; convert it: iconv -f UTF-16 -t UTF-8");
  }
  if (buffer_.rfind("\xEF\xBB\xBF", 0) == 0) start_ = 3;
}

bool RecordBuffer::read_more() {
  base::check_interrupt();
  if (at_end_) return false;
  if (pending().size() > largest_record) {
    throw error(line_, "the record that starts here is longer than " + base::human_bytes(largest_record) +
                           "; is a quote not closed?");
  }
  buffer_.erase(0, start_);
  start_ = 0;
  const auto old_size = buffer_.size();
  buffer_.resize(old_size + std::max(block_size, old_size));
  const auto count = base::read_some(file_, buffer_.data() + old_size, buffer_.size() - old_size, path_);
  buffer_.resize(old_size + count);
  at_end_ = count == 0;
  return !at_end_;
}

void RecordBuffer::consume(std::size_t size) {
  const auto gone = pending().substr(0, size);
  line_ += static_cast<std::uint64_t>(std::count(gone.begin(), gone.end(), '\n'));
  start_ += size;
}

base::Error RecordBuffer::error(std::uint64_t line, std::string_view message) const {
  return base::Error(base::ErrorKind::input,
                     path_.string() + ":" + std::to_string(line) + ": " + std::string(message));
}

void check_text(const RecordBuffer& buffer, std::string_view record, std::uint64_t line) {
  const auto line_at = [&](std::size_t offset) {
    const auto before = record.substr(0, offset);
    return line + static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
  };
  if (const auto nul = record.find('\0'); nul != std::string_view::npos)
    throw buffer.error(line_at(nul), "a NUL byte; expected text in UTF-8");
  if (all_ascii(record) || base::is_valid_utf8(record)) return;
  const auto good = valid_prefix(record);
  const auto value_start = record.find_last_of(",\t\n", good) + 1;
  const auto value = record.substr(value_start, good - value_start);
  throw buffer.error(line_at(good), "invalid UTF-8: the byte 0x" + base::to_hex(record.substr(good, 1)) +
                                        " after '" + base::printable(value, 60) +
                                        "'; convert the file, for example: iconv -f LATIN1 -t UTF-8");
}

}  // namespace data
