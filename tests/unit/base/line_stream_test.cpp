#include "base/line_stream.hpp"

#include <vector>

#include "support/catch.hpp"

namespace {

struct Delivered {
  std::string bytes;
  std::vector<std::string> lines;
};

// What is delivered when `text` arrives in pieces of `size` bytes.
Delivered in_pieces(std::string_view text, std::size_t size) {
  Delivered delivered;
  base::LineStream stream([&](std::string_view bytes) { delivered.bytes += bytes; },
                          [&](std::string_view line) { delivered.lines.emplace_back(line); });
  for (; !text.empty(); text.remove_prefix(std::min(size, text.size()))) stream.add(text.substr(0, size));
  stream.finish();
  return delivered;
}

}  // namespace

TEST_CASE("lines are the same however the bytes arrive") {
  const std::string text = "one\ntwo\r\n\nbar 10%\rbar 20%\rdone\n\r\nlast";
  const std::vector<std::string> expected{"one", "two", "", "bar 10%", "bar 20%", "done", "", "last"};
  for (std::size_t size = 1; size <= text.size(); ++size) {
    CAPTURE(size);
    const auto delivered = in_pieces(text, size);
    CHECK(delivered.lines == expected);
    CHECK(delivered.bytes == text);
  }
}

TEST_CASE("a line is delivered with its last byte") {
  std::vector<std::string> lines;
  base::LineStream stream({}, [&](std::string_view line) { lines.emplace_back(line); });
  stream.add("a\nb");
  CHECK(lines == std::vector<std::string>{"a"});
  stream.add("c\n");
  CHECK(lines == std::vector<std::string>{"a", "bc"});
  stream.add("50%\r60%\r");
  CHECK(lines.back() == "50%");  // the last CR may be half of a line end
  stream.add("\n");
  CHECK(lines == std::vector<std::string>{"a", "bc", "50%", "60%"});
}

TEST_CASE("a line without end comes in pieces of 1 MiB, nothing lost") {
  const std::string text(3'500'000, 'x');
  for (const std::size_t size : {std::size_t{1000}, std::size_t{300'000}, text.size()}) {
    const auto delivered = in_pieces(text, size);
    CHECK(delivered.bytes == text);
    CHECK(delivered.lines.size() >= 3);
  }
}

TEST_CASE("empty pieces and an empty end deliver nothing") {
  CHECK(in_pieces("", 1).lines.empty());
  CHECK(in_pieces("\n", 1).lines == std::vector<std::string>{""});
}
