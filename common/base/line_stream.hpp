// LineStream: turns what comes out of a pipe, in pieces of any size, into whole lines.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace base {

class LineStream {
 public:
  using Deliver = std::function<void(std::string_view)>;
  // `lines` gets every run of whole lines byte for byte, `line` each one without its end. Either may be
  // empty.
  LineStream(Deliver lines, Deliver line) : on_lines_(std::move(lines)), on_line_(std::move(line)) {}

  void add(std::string_view bytes);
  // Delivers what is left without a line end.
  void finish();

 private:
  void deliver(std::string_view whole_lines);

  Deliver on_lines_;
  Deliver on_line_;
  std::string rest_;
};

}  // namespace base
