#include "data/profile.hpp"

#include <array>

#include "base/text.hpp"
#include "data/sql.hpp"

namespace data {
namespace {

constexpr std::array<double, 7> probabilities{0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};
constexpr std::size_t bins = 20;
constexpr int most_top_values = 10;

bool has_numbers(ColumnType type) {
  return type == ColumnType::boolean || is_number(type);
}

// numpy.linspace(low, high, bins + 1): the step is multiplied, and the last edge is `high` itself. A constant
// column gets half a unit on both sides, as numpy.histogram does.
std::vector<double> equal_edges(double low, double high) {
  if (low == high) {
    low -= 0.5;
    high += 0.5;
  }
  const double step = (high - low) / static_cast<double>(bins);
  std::vector<double> edges;
  for (std::size_t i = 0; i < bins; ++i) edges.push_back(low + static_cast<double>(i) * step);
  edges.push_back(high);
  return edges;
}

class Profiler {
 public:
  Profiler(Connection& connection, const std::string& table)
      : connection_(connection), table_(quote_name(table)) {}

  ColumnProfile profile(const Column& column) {
    ColumnProfile result{.name = column.name, .type = column.type};
    count(column, result);
    if (has_numbers(column.type)) result.numbers = numbers(column);
    if (column.type != ColumnType::real) result.top_values = top_values(column);
    return result;
  }

 private:
  void count(const Column& column, ColumnProfile& result) {
    const auto name = quote_name(column.name);
    const auto special = [&](const char* predicate) {
      return column.type == ColumnType::real
                 ? "count(*) FILTER (" + std::string(predicate) + "(" + name + "))"
                 : std::string("CAST(0 AS BIGINT)");
    };
    connection_.query("SELECT count(*) - count(" + name + "), " + special("isnan") + ", " + special("isinf") +
                          ", count(DISTINCT " + name + ") FROM " + table_,
                      [&](const Row& row) {
                        result.nulls = static_cast<std::uint64_t>(row[0].integer().value_or(0));
                        result.nan = static_cast<std::uint64_t>(row[1].integer().value_or(0));
                        result.infinite = static_cast<std::uint64_t>(row[2].integer().value_or(0));
                        result.distinct = static_cast<std::uint64_t>(row[3].integer().value_or(0));
                      });
  }

  // The finite values of the column as `x`.
  std::string finite_values(const Column& column) const {
    return "(SELECT x FROM (SELECT CAST(" + quote_name(column.name) + " AS DOUBLE) AS x FROM " + table_ +
           ") WHERE isfinite(x))";
  }

  std::optional<NumericProfile> numbers(const Column& column) {
    NumericProfile result;
    std::vector<std::string> quantiles;
    quantiles.reserve(probabilities.size());
    for (const double each : probabilities) quantiles.push_back("quantile_cont(x, " + quote_real(each) + ")");
    // favg sums with Kahan's correction.
    connection_.query("SELECT count(*), min(x), max(x), favg(x), stddev_pop(x), " +
                          base::join(quantiles, ", ") + " FROM " + finite_values(column),
                      [&](const Row& row) {
                        result.finite = static_cast<std::uint64_t>(row[0].integer().value_or(0));
                        if (result.finite == 0) return;
                        result.minimum = row[1].real().value();
                        result.maximum = row[2].real().value();
                        result.mean = row[3].real().value();
                        result.standard_deviation = row[4].real().value();
                        for (std::size_t i = 0; i < probabilities.size(); ++i)
                          result.quantiles[probabilities[i]] = row[5 + i].real().value();
                      });
    if (result.finite == 0) return std::nullopt;
    result.histogram = histogram(column, result);
    return result;
  }

  Histogram histogram(const Column& column, const NumericProfile& numbers) {
    Histogram result{.edges = equal_edges(numbers.minimum, numbers.maximum)};
    std::vector<std::string> below;
    for (std::size_t i = 1; i < bins; ++i)
      below.push_back("count(*) FILTER (x < " + quote_real(result.edges[i]) + ")");
    connection_.query("SELECT " + base::join(below, ", ") + " FROM " + finite_values(column),
                      [&](const Row& row) {
                        std::uint64_t before = 0;
                        for (const auto& cell : row) {
                          const auto count = static_cast<std::uint64_t>(cell.integer().value());
                          result.counts.push_back(count - before);
                          before = count;
                        }
                        result.counts.push_back(numbers.finite - before);
                      });
    return result;
  }

  std::vector<TopValue> top_values(const Column& column) {
    std::vector<TopValue> result;
    const auto name = quote_name(column.name);
    connection_.query(
        "SELECT CAST(" + name + " AS VARCHAR) AS v, count(*) AS n FROM " + table_ + " WHERE " + name +
            " IS NOT NULL GROUP BY v ORDER BY n DESC, v LIMIT " + std::to_string(most_top_values),
        [&](const Row& row) {
          result.push_back({row[0].text().value(), static_cast<std::uint64_t>(row[1].integer().value())});
        });
    return result;
  }

  Connection& connection_;
  std::string table_;
};

}  // namespace

Profile make_profile(Connection& connection, const std::string& table) {
  Profile profile;
  const auto from = "FROM " + quote_name(table);
  profile.rows = static_cast<std::uint64_t>(connection.query_integer("SELECT count(*) " + from).value_or(0));
  Profiler profiler(connection, table);
  for (const auto& column : connection.columns_of(from)) profile.columns.push_back(profiler.profile(column));
  return profile;
}

}  // namespace data
