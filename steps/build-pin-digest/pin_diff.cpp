#include "pin_diff.hpp"

#include <algorithm>
#include <vector>

namespace build_pin_digest {
namespace {

constexpr std::size_t context = 3;

using Lines = std::vector<std::string_view>;

// Each with its line feed, so that a missing one at the end is a difference.
Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

// Lines [old_begin, old_end) became [new_begin, new_end).
struct Block {
  std::size_t old_begin, old_end, new_begin, new_end;
};

// Where the two agree again: the nearest pair of equal lines. Pinning changes single lines and adds single
// lines, so this is found at once; any answer gives a correct diff.
Block next_block(const Lines& before, const Lines& after, std::size_t i, std::size_t j) {
  for (std::size_t distance = 1; distance <= before.size() - i + after.size() - j; ++distance) {
    for (std::size_t skipped = 0; skipped <= distance; ++skipped) {
      const auto old_end = i + skipped;
      const auto new_end = j + distance - skipped;
      if (old_end >= before.size() || new_end >= after.size()) continue;
      if (before[old_end] == after[new_end]) return {i, old_end, j, new_end};
    }
  }
  return {i, before.size(), j, after.size()};
}

std::vector<Block> blocks_of(const Lines& before, const Lines& after) {
  std::vector<Block> blocks;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < before.size() || j < after.size()) {
    if (i < before.size() && j < after.size() && before[i] == after[j]) {
      ++i;
      ++j;
      continue;
    }
    blocks.push_back(next_block(before, after, i, j));
    i = blocks.back().old_end;
    j = blocks.back().new_end;
  }
  return blocks;
}

void add_line(std::string& diff, char sign, std::string_view line) {
  diff += sign;
  diff += line;
  if (line.back() != '\n') diff += "\n\\ No newline at end of file\n";
}

// "4,7"; an empty range is named by the line before it.
std::string range(std::size_t begin, std::size_t end) {
  return std::to_string(end > begin ? begin + 1 : begin) + "," + std::to_string(end - begin);
}

// One hunk from the blocks [first, last), which are near each other.
void add_hunk(std::string& diff, const Lines& before, const Lines& after, const std::vector<Block>& blocks,
              std::size_t first, std::size_t last) {
  const auto lead = std::min(context, blocks[first].old_begin);
  const auto& end = blocks[last - 1];
  const auto trail = std::min(context, before.size() - end.old_end);
  diff += "@@ -" + range(blocks[first].old_begin - lead, end.old_end + trail) + " +" +
          range(blocks[first].new_begin - lead, end.new_end + trail) + " @@\n";
  auto at = blocks[first].old_begin - lead;
  for (std::size_t b = first; b < last; ++b) {
    for (; at < blocks[b].old_begin; ++at) add_line(diff, ' ', before[at]);
    for (; at < blocks[b].old_end; ++at) add_line(diff, '-', before[at]);
    for (auto added = blocks[b].new_begin; added < blocks[b].new_end; ++added)
      add_line(diff, '+', after[added]);
  }
  for (; at < end.old_end + trail; ++at) add_line(diff, ' ', before[at]);
}

}  // namespace

std::string unified_diff(std::string_view name, std::string_view before, std::string_view after) {
  const auto old_lines = lines_of(before);
  const auto new_lines = lines_of(after);
  const auto blocks = blocks_of(old_lines, new_lines);
  if (blocks.empty()) return "";
  std::string diff = "--- a/" + std::string(name) + "\n+++ b/" + std::string(name) + "\n";
  for (std::size_t first = 0; first < blocks.size();) {
    auto last = first + 1;
    while (last < blocks.size() && blocks[last].old_begin - blocks[last - 1].old_end <= 2 * context) ++last;
    add_hunk(diff, old_lines, new_lines, blocks, first, last);
    first = last;
  }
  return diff;
}

}  // namespace build_pin_digest
