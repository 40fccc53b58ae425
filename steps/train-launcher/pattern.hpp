// Pattern: a regular expression (ECMAScript) that is looked for in the lines of a training's log.
//
// Errors: Error{usage} for an expression that does not compile.   Threads: a value; searching is read-only.
#pragma once

#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace train_launcher {

class Pattern {
 public:
  static Pattern parse(std::string_view text);
  const std::string& text() const { return text_; }
  std::size_t groups() const { return expression_.mark_count(); }

  // The groups of every match in `line`. Only the first 4 KiB of a line are searched: the standard library's
  // matcher needs stack for each byte.
  std::vector<std::vector<std::string>> find_all(std::string_view line) const;

 private:
  Pattern(std::string text, std::regex expression)
      : text_(std::move(text)), expression_(std::move(expression)) {}

  std::string text_;
  std::regex expression_;
};

}  // namespace train_launcher
