#include "preprocess-runner/report.hpp"

#include <array>
#include <cstdio>

#include "base/html.hpp"
#include "base/text.hpp"

namespace preprocess_runner {
namespace {

// Six digits are enough to look at; profile.json has all of them.
std::string shown(double value) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.6g", value);
  return buffer.data();
}

std::string overview(const data::Profile& profile) {
  base::HtmlTable table{
      {"column", "type", "nulls", "NaN", "infinite", "distinct", "minimum", "mean", "maximum", "std"}, {}};
  for (const auto& column : profile.columns) {
    std::vector<std::string> row{column.name,
                                 std::string(to_string(column.type)),
                                 std::to_string(column.nulls),
                                 std::to_string(column.nan),
                                 std::to_string(column.infinite),
                                 std::to_string(column.distinct)};
    if (column.numbers) {
      for (const double value : {column.numbers->minimum, column.numbers->mean, column.numbers->maximum,
                                 column.numbers->standard_deviation})
        row.push_back(shown(value));
    } else {
      row.insert(row.end(), 4, "");
    }
    table.rows.push_back(std::move(row));
  }
  return base::html_table(table);
}

std::string chart(const data::ColumnProfile& column) {
  if (column.numbers) {
    const auto& histogram = column.numbers->histogram;
    return base::svg_histogram({base::printable(column.name, 60), histogram.edges,
                                std::vector<double>(histogram.counts.begin(), histogram.counts.end())});
  }
  if (column.top_values.empty()) return "";
  base::BarChart bars{.title = base::printable(column.name, 60) + " (most frequent values)"};
  for (const auto& [value, count] : column.top_values) {
    bars.labels.push_back(base::printable(value, 60));
    bars.values.push_back(static_cast<double>(count));
  }
  return base::svg_bar_chart(bars);
}

std::string section(const std::string& name, const data::Profile& profile) {
  std::string html = "<h2>" + base::html_escape(name) + "</h2>\n<p>" + std::to_string(profile.rows) +
                     " rows, " + std::to_string(profile.columns.size()) + " columns</p>\n" +
                     overview(profile);
  for (const auto& column : profile.columns) html += chart(column);
  return html;
}

}  // namespace

std::string report_page(const std::map<std::string, data::Profile>& profiles, const std::string& cache_key) {
  std::string body = "<p>Cache key <code>" + base::html_escape(cache_key) + "</code></p>\n";
  for (const auto& [name, profile] : profiles) body += section(name, profile);
  return base::html_page("Data profile", body);
}

}  // namespace preprocess_runner
