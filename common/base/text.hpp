// Small operations on text that the standard library leaves out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace base {

// The pieces between separators; an empty text gives one empty piece.
std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& pieces, std::string_view separator);
// Without leading and trailing spaces, tabs, CR and LF.
std::string_view trim(std::string_view text);
std::string to_lower(std::string_view text);
std::string replace_all(std::string text, std::string_view from, std::string_view to);
bool is_valid_utf8(std::string_view text);

// The candidate nearest to `text`, if one is near enough to be what was meant (edit distance with
// transpositions of at most a third of the length); missing otherwise.
std::optional<std::string> did_you_mean(std::string_view text, const std::vector<std::string>& candidates);
// ", did you mean 'X'?" or nothing: the end of an error message.
std::string did_you_mean_hint(std::string_view text, const std::vector<std::string>& candidates);

// `text` with every control character but line feed and tab written as \xNN, cut to `limit` bytes with "…":
// what comes from a server or a file goes into messages only through this.
std::string printable(std::string_view text, std::size_t limit = 2000);

// The shortest decimal text that reads back as the same double; "nan", "inf", "-inf".
std::string to_text(double value);
// The whole of `text` as a number; missing otherwise. Locale-independent.
std::optional<double> parse_double(std::string_view text);
std::optional<long long> parse_integer(std::string_view text);

// "1.5 GiB", "312 B".
std::string human_bytes(unsigned long long bytes);

}  // namespace base
