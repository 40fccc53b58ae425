// Profile: what a table looks like, in numbers that are small enough to keep with the model and good enough
// for later gates, so that these need no raw data.
//
// Numeric statistics are of the finite values; nulls, NaN and infinities are counted apart. Definitions are
// NumPy's: mean, std (ddof 0), quantile (linear), histogram (equal widths, last bin closed).
//
// Errors: from_json gives Error{input} naming the document.   Threads: values; make_profile as the engine.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "data/column_type.hpp"
#include "data/engine.hpp"

namespace data {

struct Histogram {
  std::vector<double> edges;          // one more than counts; empty when there is no finite value
  std::vector<std::uint64_t> counts;  // left-closed bins, the last one closed
  friend bool operator==(const Histogram&, const Histogram&) = default;
};

// Of boolean (as 0 and 1), integer and real columns with at least one finite value.
struct NumericProfile {
  std::uint64_t finite = 0;  // how many values the statistics are of
  double minimum = 0;
  double maximum = 0;
  double mean = 0;
  double standard_deviation = 0;       // population (ddof 0)
  std::map<double, double> quantiles;  // by probability: 0.01 0.05 0.25 0.5 0.75 0.95 0.99
  Histogram histogram;
  friend bool operator==(const NumericProfile&, const NumericProfile&) = default;
};

struct TopValue {
  std::string value;
  std::uint64_t count = 0;
  friend bool operator==(const TopValue&, const TopValue&) = default;
};

struct ColumnProfile {
  std::string name;
  ColumnType type = ColumnType::text;
  std::uint64_t nulls = 0;
  std::uint64_t nan = 0;
  std::uint64_t infinite = 0;
  std::uint64_t distinct = 0;  // of the values that are not null, exact
  std::optional<NumericProfile> numbers;
  std::vector<TopValue> top_values;  // at most ten, most frequent first; none for real columns
  friend bool operator==(const ColumnProfile&, const ColumnProfile&) = default;
};

struct Profile {
  std::uint64_t rows = 0;
  std::vector<ColumnProfile> columns;  // in the table's order

  const ColumnProfile* find(std::string_view name) const;
  friend bool operator==(const Profile&, const Profile&) = default;
};

base::OrderedJson to_json(const Profile& profile);
Profile profile_from_json(const base::Json& json, std::string_view where);
// Reads profile.json.
Profile read_profile(const std::filesystem::path& path);

// The profile of the engine's table.
Profile make_profile(Connection& connection, const std::string& table);

}  // namespace data
