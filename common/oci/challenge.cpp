#include "oci/challenge.hpp"

#include "base/text.hpp"

namespace oci {
namespace {

// Reads the header from left to right. "Basic realm="a, b", Bearer x=y": a word that "=" follows is a
// parameter, another one the next scheme; commas separate both, and stand inside of quotes.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::vector<Challenge> read() {
    std::vector<Challenge> result;
    while (true) {
      skip(" \t,");
      const auto word = base::to_lower(take_word());
      if (word.empty()) return result;
      skip(" \t");
      if (!text_.empty() && text_.front() == '=' && !result.empty()) {
        text_.remove_prefix(1);
        skip(" \t");
        result.back().parameters[word] = take_value();
      } else {
        result.push_back({word, {}});
      }
    }
  }

 private:
  void skip(std::string_view characters) {
    const auto end = text_.find_first_not_of(characters);
    text_.remove_prefix(end == std::string_view::npos ? text_.size() : end);
  }

  std::string_view take_word() {
    const auto end = std::min(text_.find_first_of(" \t,=\""), text_.size());
    const auto word = text_.substr(0, end);
    text_.remove_prefix(end);
    return word;
  }

  std::string take_value() {
    if (text_.empty() || text_.front() != '"') return std::string(take_word());
    std::string value;
    std::size_t at = 1;
    while (at < text_.size() && text_[at] != '"') {
      if (text_[at] == '\\' && at + 1 < text_.size()) ++at;
      value += text_[at++];
    }
    text_.remove_prefix(std::min(at + 1, text_.size()));
    return value;
  }

  std::string_view text_;
};

}  // namespace

std::vector<Challenge> parse_challenges(std::string_view value) {
  return Reader(value.substr(0, 8192)).read();
}

}  // namespace oci
