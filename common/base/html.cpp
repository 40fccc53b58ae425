#include "base/html.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace base {
namespace {

// Light and dark follow the reader's setting; charts use the same variables.
constexpr std::string_view style =
    ":root{--ink:#1c2330;--soft:#5b6575;--line:#d9dee6;--ground:#fff;--bar:#2f6fb7;--warn:#c2410c}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#9aa5b5;--line:#333c4a;--ground:#14181f;"
    "--bar:#6aa5e8;--warn:#f08a4b}}"
    "body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--ground);max-width:60rem;"
    "margin:2rem auto;padding:0 1rem}h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}"
    "table{border-collapse:collapse;margin:.5rem 0}th,td{border-bottom:1px solid var(--line);"
    "padding:.25rem .75rem;text-align:left;vertical-align:top}td.n,th.n{text-align:right;"
    "font-variant-numeric:tabular-nums}svg{max-width:100%;height:auto}code{font-size:.9em}"
    ".pass{color:#15803d}.fail,.error{color:var(--warn);font-weight:600}.warn{color:#b45309}";

// Bytes that are not UTF-8, and control characters, which XML and HTML have no way to write.
std::size_t safe_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x80) return first >= 0x20 || first == '\n' || first == '\t' ? 1 : 0;
  for (std::size_t length = 2; length <= std::min<std::size_t>(4, text.size()); ++length) {
    if (is_valid_utf8(text.substr(0, length))) return length;
  }
  return 0;
}

std::string_view entity(char each) {
  switch (each) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return "";
  }
}

bool looks_like_number(const std::string& cell) {
  return cell.empty() || parse_double(cell).has_value();
}

std::string row(const std::vector<std::string>& cells, const std::vector<char>& numeric,
                std::string_view tag) {
  std::string html = "<tr>";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const bool right = i < numeric.size() && numeric[i] != 0;
    html += "<" + std::string(tag) + (right ? " class=\"n\">" : ">") + html_escape(cells[i]) + "</" +
            std::string(tag) + ">";
  }
  return html + "</tr>\n";
}

}  // namespace

std::string html_escape(std::string_view text) {
  std::string html;
  html.reserve(text.size());
  while (!text.empty()) {
    const auto length = safe_length(text);
    const auto escaped = entity(text.front());
    if (length == 0) {
      html += "\xEF\xBF\xBD";
    } else if (!escaped.empty()) {
      html += escaped;
    } else {
      html += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return html;
}

std::string html_page(std::string_view title, std::string_view body) {
  // The policy makes a browser refuse whatever might slip in: nothing runs, nothing is fetched.
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
         "'unsafe-inline'\">\n"
         "<meta name=\"viewport\" content=\"width=device-width\">\n<title>" +
         html_escape(title) + "</title>\n<style>" + std::string(style) + "</style>\n</head>\n<body>\n<h1>" +
         html_escape(title) + "</h1>\n" + std::string(body) + "\n</body>\n</html>\n";
}

std::string html_table(const HtmlTable& table) {
  std::vector<char> numeric(table.header.size(), table.rows.empty() ? 0 : 1);
  for (const auto& cells : table.rows) {
    for (std::size_t i = 0; i < std::min(cells.size(), numeric.size()); ++i) {
      if (!looks_like_number(cells[i])) numeric[i] = 0;
    }
  }
  std::string html = "<table>\n<thead>" + row(table.header, numeric, "th") + "</thead>\n<tbody>\n";
  for (const auto& cells : table.rows) html += row(cells, numeric, "td");
  return html + "</tbody>\n</table>\n";
}

}  // namespace base
