#include "train-launcher/pattern.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

namespace train_launcher {
namespace {

constexpr std::size_t searched_bytes = 4096;

std::regex compile(const std::string& text) {
  // A third party's edge: std::regex reports with an exception of its own.
  try {
    return std::regex(text, std::regex::ECMAScript | std::regex::optimize);
  } catch (const std::regex_error& error) {
    throw base::Error(base::ErrorKind::usage,
                      "'" + base::printable(text, 200) + "' is not a regular expression: " + error.what());
  }
}

}  // namespace

Pattern Pattern::parse(std::string_view text) {
  return Pattern(std::string(text), compile(std::string(text)));
}

std::vector<std::vector<std::string>> Pattern::find_all(std::string_view line) const {
  const std::string searched(line.substr(0, searched_bytes));
  std::vector<std::vector<std::string>> found;
  for (std::sregex_iterator match(searched.begin(), searched.end(), expression_), end; match != end;
       ++match) {
    std::vector<std::string> groups;
    for (std::size_t i = 1; i < match->size(); ++i) groups.push_back((*match)[i].str());
    found.push_back(std::move(groups));
  }
  return found;
}

}  // namespace train_launcher
