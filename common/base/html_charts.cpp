#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "base/html.hpp"
#include "base/text.hpp"

namespace base {
namespace {

// One size for all charts; the page scales them.
constexpr double width = 640;
constexpr double height = 240;
constexpr double left = 64;
constexpr double right = 12;
constexpr double top = 28;
constexpr double bottom = 40;

constexpr std::array<const char*, 6> colours{"#2f6fb7", "#c2410c", "#15803d",
                                             "#7c3aed", "#b45309", "#0e7490"};

// Two decimals: enough for a screen, and the same on every machine.
std::string coordinate(double value) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.2f", value);
  return buffer.data();
}

// A tick's text: six significant digits.
std::string tick_text(double value) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.6g", std::abs(value) < 1e-300 ? 0.0 : value);
  return buffer.data();
}

double finite_or_zero(double value) {
  return std::isfinite(value) ? value : 0;
}

struct Range {
  double low = 0;
  double high = 1;

  static Range around(const std::vector<double>& values) {
    Range range{0, 0};
    bool first = true;
    for (const double value : values) {
      if (!std::isfinite(value)) continue;
      range.low = first ? value : std::min(range.low, value);
      range.high = first ? value : std::max(range.high, value);
      first = false;
    }
    if (range.low == range.high) range.high = range.low + 1;
    return range;
  }
  // Halved first: the difference of two large values must not overflow.
  double share(double value) const { return (value / 2 - low / 2) / (high / 2 - low / 2); }
};

// The plane of a chart: data to pixels.
struct Plane {
  Range x;
  Range y;
  double px(double value) const { return left + x.share(value) * (width - left - right); }
  double py(double value) const { return height - bottom - y.share(value) * (height - top - bottom); }
};

struct Label {
  double x;
  double y;
  std::string_view anchor;
  std::string text;
};

std::string text_element(const Label& label) {
  return "<text x=\"" + coordinate(label.x) + "\" y=\"" + coordinate(label.y) + "\" text-anchor=\"" +
         std::string(label.anchor) + "\">" + html_escape(label.text) + "</text>\n";
}

struct Stroke {
  std::string colour;
  LineStyle style = LineStyle::solid;
  double width = 1;
};

std::string line_element(double x1, double y1, double x2, double y2, const Stroke& stroke) {
  return "<line x1=\"" + coordinate(x1) + "\" y1=\"" + coordinate(y1) + "\" x2=\"" + coordinate(x2) +
         "\" y2=\"" + coordinate(y2) + "\" stroke=\"" + stroke.colour + "\" stroke-width=\"" +
         coordinate(stroke.width) + "\"" +
         (stroke.style == LineStyle::dashed ? " stroke-dasharray=\"5 4\"" : "") + "/>\n";
}

std::string open_svg(const std::string& title) {
  return "<svg viewBox=\"0 0 640 240\" width=\"640\" height=\"240\" role=\"img\" aria-label=\"" +
         html_escape(title) +
         "\" font-size=\"11\" font-family=\"system-ui,sans-serif\" fill=\"var(--ink)\">\n" +
         text_element({left, 16, "start", title});
}

// The vertical axis with five ticks and their grid lines.
std::string y_axis(const Plane& plane) {
  std::string svg;
  for (int i = 0; i <= 4; ++i) {
    const double value = plane.y.low + (plane.y.high / 4 - plane.y.low / 4) * i;
    const double y = plane.py(value);
    svg += line_element(left, y, width - right, y, {.colour = "var(--line)"});
    svg += text_element({left - 6, y + 4, "end", tick_text(value)});
  }
  return svg;
}

std::string x_axis(const Plane& plane) {
  std::string svg;
  for (int i = 0; i <= 4; ++i) {
    const double value = plane.x.low + (plane.x.high / 4 - plane.x.low / 4) * i;
    svg += text_element({plane.px(value), height - bottom + 16, "middle", tick_text(value)});
  }
  return svg;
}

struct Bar {
  double x;
  double width;
  double value;
  std::string_view colour;
  std::string hint;  // shown by the browser on hovering
};

std::string bar_element(const Plane& plane, const Bar& bar) {
  const double zero = plane.py(0);
  const double end = plane.py(bar.value);
  return "<rect x=\"" + coordinate(bar.x) + "\" y=\"" + coordinate(std::min(zero, end)) + "\" width=\"" +
         coordinate(std::max(bar.width, 0.5)) + "\" height=\"" + coordinate(std::abs(zero - end)) +
         "\" fill=\"" + std::string(bar.colour) + "\"><title>" + html_escape(bar.hint) + "</title></rect>\n";
}

// From zero, so that heights can be compared.
Range bar_range(const std::vector<double>& values, std::optional<double> reference) {
  auto all = values;
  all.push_back(0);
  if (reference) all.push_back(*reference);
  return Range::around(all);
}

std::string series_element(const Plane& plane, const LineSeries& series, const std::string& colour) {
  std::string points;
  for (std::size_t i = 0; i < std::min(series.x.size(), series.y.size()); ++i) {
    if (!std::isfinite(series.x[i]) || !std::isfinite(series.y[i])) continue;
    points += (points.empty() ? "" : " ") + coordinate(plane.px(series.x[i])) + "," +
              coordinate(plane.py(series.y[i]));
  }
  return "<polyline fill=\"none\" stroke=\"" + colour + "\" stroke-width=\"1.5\"" +
         (series.style == LineStyle::dashed ? " stroke-dasharray=\"5 4\"" : "") + " points=\"" + points +
         "\"/>\n";
}

}  // namespace

std::string svg_bar_chart(const BarChart& chart) {
  const auto count = std::min(chart.labels.size(), chart.values.size());
  const Plane plane{{0, std::max<double>(1, static_cast<double>(count))},
                    bar_range(chart.values, chart.reference)};
  std::string svg = open_svg(chart.title) + y_axis(plane);
  const auto every = count / 13 + 1;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& label = chart.labels[i];
    const bool highlighted =
        std::find(chart.highlighted.begin(), chart.highlighted.end(), label) != chart.highlighted.end();
    const double start = plane.px(static_cast<double>(i) + 0.1);
    const double end = plane.px(static_cast<double>(i) + 0.9);
    svg += bar_element(plane,
                       {start, end - start, finite_or_zero(chart.values[i]),
                        highlighted ? "var(--warn)" : "var(--bar)", label + ": " + to_text(chart.values[i])});
    if (i % every == 0)
      svg += text_element({(start + end) / 2, height - bottom + 16, "middle", printable(label, 14)});
  }
  if (chart.reference && std::isfinite(*chart.reference)) {
    const double y = plane.py(*chart.reference);
    svg += line_element(left, y, width - right, y, {"var(--warn)", LineStyle::dashed, 1.5});
  }
  return svg + "</svg>\n";
}

std::string svg_histogram(const HistogramChart& chart) {
  const Plane plane{Range::around(chart.edges), bar_range(chart.counts, std::nullopt)};
  std::string svg = open_svg(chart.title) + y_axis(plane) + x_axis(plane);
  for (std::size_t i = 0; i + 1 < chart.edges.size() && i < chart.counts.size(); ++i) {
    const double start = plane.px(chart.edges[i]);
    const double end = plane.px(chart.edges[i + 1]);
    svg += bar_element(plane, {start, end - start - 1, finite_or_zero(chart.counts[i]), "var(--bar)",
                               tick_text(chart.edges[i]) + " to " + tick_text(chart.edges[i + 1]) + ": " +
                                   to_text(chart.counts[i])});
  }
  return svg + "</svg>\n";
}

std::string svg_line_chart(const LineChart& chart) {
  std::vector<double> xs;
  std::vector<double> ys;
  for (const auto& series : chart.series) {
    xs.insert(xs.end(), series.x.begin(), series.x.end());
    ys.insert(ys.end(), series.y.begin(), series.y.end());
  }
  const Plane plane{Range::around(xs), Range::around(ys)};
  std::string svg = open_svg(chart.title) + y_axis(plane) + x_axis(plane);
  double legend = left;
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    const auto& series = chart.series[i];
    const std::string colour = colours[i % colours.size()];
    svg += series_element(plane, series, colour);
    svg += line_element(legend, height - 8, legend + 16, height - 8, {colour, series.style, 2});
    svg += text_element({legend + 20, height - 4, "start", printable(series.name, 30)});
    legend += 36 + 6.5 * static_cast<double>(std::min<std::size_t>(series.name.size(), 30));
  }
  svg += text_element({width - right, height - bottom + 28, "end", chart.x_label});
  svg += text_element({width - right, 16, "end", chart.y_label});
  return svg + "</svg>\n";
}

}  // namespace base
