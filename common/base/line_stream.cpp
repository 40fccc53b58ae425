#include "base/line_stream.hpp"

#include <algorithm>
#include <utility>

namespace base {
namespace {

constexpr std::size_t longest_line = std::size_t{1} << 20U;

// How many bytes of `text` are whole lines. A CR at the very end is left out: it may be half of a CRLF.
std::size_t whole_lines(std::string_view text) {
  const auto feed = text.rfind('\n');
  const auto after_feed = feed == std::string_view::npos ? 0 : feed + 1;
  const auto tail = text.substr(after_feed);
  if (tail.size() < 2) return after_feed;
  const auto carriage_return = tail.rfind('\r', tail.size() - 2);
  return carriage_return == std::string_view::npos ? after_feed : after_feed + carriage_return + 1;
}

bool has_line_end(std::string_view text) {
  return text.find('\n') != std::string_view::npos || text.find('\r') != std::string_view::npos;
}

}  // namespace

void LineStream::add(std::string_view bytes) {
  std::string joined;
  if (!rest_.empty()) {
    // Only the new bytes are searched: a child that writes byte by byte must not cost a quadratic time.
    const bool still_open = rest_.back() != '\r' && !has_line_end(bytes);
    rest_ += bytes;
    if (still_open && rest_.size() < longest_line) return;
    joined = std::exchange(rest_, {});
    bytes = joined;
  }
  const auto whole = whole_lines(bytes);
  if (whole > 0) deliver(bytes.substr(0, whole));
  bytes.remove_prefix(whole);
  for (; bytes.size() >= longest_line; bytes.remove_prefix(longest_line))
    deliver(bytes.substr(0, longest_line));
  rest_ = bytes;
}

void LineStream::finish() {
  if (rest_.empty()) return;
  const auto line = std::exchange(rest_, {});
  deliver(line);
}

void LineStream::deliver(std::string_view whole) {
  if (on_lines_) on_lines_(whole);
  if (!on_line_) return;
  while (!whole.empty()) {
    const auto feed = std::min(whole.find('\n'), whole.size());
    auto segment = whole.substr(0, feed);
    whole.remove_prefix(std::min(feed + 1, whole.size()));
    if (!segment.empty() && segment.back() == '\r') segment.remove_suffix(1);
    for (auto end = segment.find('\r'); end != std::string_view::npos; end = segment.find('\r')) {
      on_line_(segment.substr(0, end));
      segment.remove_prefix(end + 1);
    }
    on_line_(segment);
  }
}

}  // namespace base
