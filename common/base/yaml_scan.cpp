#include "base/yaml_scan.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace base::detail {
namespace {

constexpr std::string_view white = " \t\r\n";

bool is_line_end(char c) {
  return c == '\n' || c == '\r';
}

// Behind the closing quote, or `begin` when the scalar goes over several lines or never ends.
std::size_t quoted_end(std::string_view text, std::size_t begin) {
  const char quote = text[begin];
  for (std::size_t i = begin + 1; i < text.size() && !is_line_end(text[i]); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
      if (i < text.size() && is_line_end(text[i])) return begin;
    } else if (text[i] == quote) {
      const bool doubled = quote == '\'' && i + 1 < text.size() && text[i + 1] == quote;
      if (!doubled) return i + 1;
      ++i;
    }
  }
  return begin;
}

// A word that YAML 1.1 or 1.2 readers take for something else than text.
bool is_special_word(std::string_view value) {
  constexpr std::array<std::string_view, 11> words{"null", "~",   "true", "false", "yes", "no",
                                                   "on",   "off", "y",    "n",     ""};
  const auto lower = to_lower(value);
  return std::find(words.begin(), words.end(), lower) != words.end();
}

// Narrower than the grammar: what is surely text, in block and in flow context.
bool is_plain(std::string_view value) {
  if (is_special_word(value) || value.back() == ':') return false;
  const bool safe = std::all_of(value.begin(), value.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._/@:+-=%~").find(c) != std::string_view::npos;
  });
  const char first = value.front();
  const bool letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '/';
  const bool digit = first >= '0' && first <= '9';
  // Something like 1e3, 0x1f, 12:30 or 2026-01-01 could be a number or a date; with a slash it cannot.
  return safe && (letter || (digit && value.find('/') != std::string_view::npos));
}

std::string double_quoted(std::string_view value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      text += "\\u00" + to_hex(std::string_view(&c, 1));
    } else {
      text += c;
    }
  }
  return text + '"';
}

std::size_t line_start(std::string_view text, std::size_t at) {
  const auto before = at == 0 ? std::string_view::npos : text.find_last_of("\r\n", at - 1);
  return before == std::string_view::npos ? 0 : before + 1;
}

// The line end that the text uses behind `at`, or before it when that is the last line.
std::string line_end_near(std::string_view text, std::size_t at) {
  auto end = text.find('\n', at);
  if (end == std::string_view::npos) end = text.rfind('\n');
  return end != std::string_view::npos && end > 0 && text[end - 1] == '\r' ? "\r\n" : "\n";
}

// White space as wide as what stands before `at` on its line ("  - " counts as four spaces).
std::string indentation(std::string_view text, std::size_t at) {
  const auto start = line_start(text, at);
  auto indent = std::string(text.substr(start, at - start));
  std::replace_if(
      indent.begin(), indent.end(), [](char c) { return c != '\t'; }, ' ');
  return indent;
}

bool starts_its_line(std::string_view text, std::size_t at) {
  const auto start = line_start(text, at);
  return text.substr(start, at - start).find_first_not_of(" \t") == std::string_view::npos;
}

}  // namespace

std::size_t skip_properties(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == '&' || text[at] == '!')) {
    at = std::min(text.find_first_of(white, at), text.size());
    while (at < text.size() && white.find(text[at]) != std::string_view::npos) {
      ++at;
      if (at < text.size() && text[at] == '#') at = std::min(text.find('\n', at), text.size());
    }
  }
  return at;
}

ScalarStyle style_at(std::string_view text, std::size_t at, const std::string& tag) {
  const char first = at < text.size() && tag != "?" ? text[at] : 'x';
  if (first == '\'') return ScalarStyle::single_quoted;
  if (first == '"') return ScalarStyle::double_quoted;
  if (first == '|' || first == '>') return ScalarStyle::block;
  return ScalarStyle::plain;
}

std::size_t scalar_end(std::string_view text, std::size_t begin, ScalarStyle style,
                       const std::string& value) {
  if (style == ScalarStyle::block) return begin;
  if (style != ScalarStyle::plain) return quoted_end(text, begin);
  // A plain scalar over several lines reads otherwise than it is written.
  return text.compare(begin, value.size(), value) == 0 ? begin + value.size() : begin;
}

std::string write_scalar(std::string_view value, ScalarStyle style) {
  const bool printable_only = std::all_of(
      value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; });
  if (style == ScalarStyle::single_quoted && printable_only) {
    return "'" + replace_all(std::string(value), "'", "''") + "'";
  }
  if (style == ScalarStyle::plain && is_plain(value)) return std::string(value);
  return double_quoted(value);
}

WrittenEntry write_entry(std::string_view text, const YamlNode& sibling_key, const YamlNode& sibling_value,
                         CollectionStyle layout, std::string_view key, std::string_view value) {
  const auto written_key = write_scalar(key, sibling_key.style);
  const auto written_value = write_scalar(value, sibling_value.style);
  if (layout == CollectionStyle::flow) {
    const auto gap = starts_its_line(text, sibling_key.begin)
                         ? line_end_near(text, sibling_value.end) + indentation(text, sibling_key.begin)
                         : std::string(" ");
    return {sibling_value.end, "," + gap + written_key + ": " + written_value};
  }
  const auto entry = indentation(text, sibling_key.begin) + written_key + ": " + written_value;
  const auto line_end = line_end_near(text, sibling_value.end);
  // Behind the whole line, so that a comment there stays with the entry it belongs to.
  const auto next = text.find('\n', sibling_value.end);
  if (next == std::string_view::npos) return {text.size(), line_end + entry};
  return {next + 1, entry + line_end};
}

}  // namespace base::detail
