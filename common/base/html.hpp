// HTML pages that stand alone: escaping, tables, and charts as inline SVG.
//
// No script, no fonts, no images, nothing fetched: a page reads the same from a file and from an artifact
// store. The same input gives the same bytes. Everything that is not already HTML goes through html_escape.
//
// Errors: none.   Threads: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace base {

// For element content and for attribute values in double quotes. Control characters and invalid UTF-8 become
// U+FFFD.
std::string html_escape(std::string_view text);

// A whole document around `body`, which is HTML; `title` is text.
std::string html_page(std::string_view title, std::string_view body);

// Cells are text; columns whose cells all look like numbers are set flush right.
struct HtmlTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
};
std::string html_table(const HtmlTable& table);

// Bars side by side from zero; `labels` are shown under them, thinned out when there are too many.
struct BarChart {
  std::string title;
  std::vector<std::string> labels;
  std::vector<double> values;            // as many as labels; not finite counts as zero
  std::optional<double> reference;       // a dashed horizontal line, such as a bound
  std::vector<std::string> highlighted;  // labels whose bars are drawn in the warning colour
};
std::string svg_bar_chart(const BarChart& chart);

// How many rows fall between edges[i] and edges[i + 1]; the shape without room for labels.
struct HistogramChart {
  std::string title;
  std::vector<double> edges;
  std::vector<double> counts;  // one less than edges
};
std::string svg_histogram(const HistogramChart& chart);

enum class LineStyle { solid, dashed };

struct LineSeries {
  std::string name;
  std::vector<double> x;
  std::vector<double> y;  // as many as x; points that are not finite are left out
  LineStyle style = LineStyle::solid;
};
struct LineChart {
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<LineSeries> series;
};
std::string svg_line_chart(const LineChart& chart);

}  // namespace base
