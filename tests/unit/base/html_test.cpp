#include "base/html.hpp"

#include <cmath>
#include <limits>

#include "support/catch.hpp"

namespace {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("escaping leaves nothing that a browser would take for markup") {
  CHECK(base::html_escape("<b a=\"x\" c='y'>&amp;</b>") ==
        "&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;amp;&lt;/b&gt;");
  CHECK(base::html_escape("é\tx\n") == "é\tx\n");
  CHECK(base::html_escape("a\x01"
                          "b\xFF"
                          "c\xC3") ==
        "a\xEF\xBF\xBD"
        "b\xEF\xBF\xBD"
        "c\xEF\xBF\xBD");
}

TEST_CASE("a page escapes its title and forbids scripts") {
  const auto page = base::html_page("<script>", "<p>x</p>");
  CHECK(page.find("<script>") == std::string::npos);
  CHECK(page.find("default-src 'none'") != std::string::npos);
  CHECK(page.find("<p>x</p>") != std::string::npos);
}

TEST_CASE("columns of numbers are set flush right") {
  const auto table = base::html_table({{"name", "n"}, {{"a<", "1.5"}, {"b", "-2"}}});
  CHECK(table.find("<td>a&lt;</td><td class=\"n\">1.5</td>") != std::string::npos);
  CHECK(table.find("<th class=\"n\">n</th>") != std::string::npos);
}

TEST_CASE("a histogram has one bar a bin, and the tallest reaches the top") {
  const auto svg = base::svg_histogram({"h", {0, 1, 2, 3}, {1, 4, 0}});
  CHECK(count(svg, "<rect") == 3);
  CHECK(svg.find("height=\"172.00\"") != std::string::npos);
  CHECK(svg.find("1 to 2: 4") != std::string::npos);
}

TEST_CASE("charts bear values that are not finite, constant, huge or absent") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const auto bars = base::svg_bar_chart({"b", {"x", "y"}, {nan, -1}, 0.5, {"y"}});
  const auto lines = base::svg_line_chart({"l", "x", "y", {{"s", {0, 1, 2}, {1e308, nan, -1e308}}}});
  const auto empty = base::svg_line_chart({"l", "x", "y", {}}) + base::svg_histogram({"h", {}, {}}) +
                     base::svg_bar_chart({"b", {}, {}});
  for (const auto& svg : {bars, lines, empty}) {
    CHECK(svg.find("=\"nan") == std::string::npos);
    CHECK(svg.find("=\"-nan") == std::string::npos);
    CHECK(svg.find("=\"inf") == std::string::npos);
    CHECK(svg.find("inf,") == std::string::npos);
  }
  CHECK(bars.find("var(--warn)") != std::string::npos);
}

TEST_CASE("text from outside is escaped in charts") {
  const auto svg = base::svg_bar_chart({"<t>", {"<l>"}, {1}});
  CHECK(svg.find("<l>") == std::string::npos);
  CHECK(svg.find("<t>") == std::string::npos);
}
