#include <algorithm>

#include "base/text.hpp"
#include "data/sql.hpp"
#include "preprocess-runner/transform.hpp"

namespace preprocess_runner {
namespace {

using data::quote_name;

std::string value_text(const std::string& name) {
  const auto value = "CAST(" + quote_name(name) + " AS VARCHAR)";
  return "coalesce(CAST(length(" + value + ") AS VARCHAR) || ':' || " + value + ", '-')";
}

// The row as a text that no other row has: each value with its length in front, the columns by name.
std::string row_text(const data::Columns& columns) {
  auto names = names_of(columns);
  std::sort(names.begin(), names.end());
  std::vector<std::string> pieces;
  pieces.reserve(names.size());
  for (const auto& name : names) pieces.push_back(value_text(name));
  return base::join(pieces, " || ");
}

}  // namespace

// Rows are ranked by a hash of the seed and their content, then cut at the fractions. So a row's part depends
// on what is in the table, never on the order of its rows or columns, and the sizes are exact. Rows that are
// equal are interchangeable.
void apply_split(const Split& split, Parts& parts) {
  std::string stratum;
  for (const auto& name : split.stratum)
    stratum += (stratum.empty() ? "" : ", ") + quote_name(parts.column(name).name);
  const auto partition = stratum.empty() ? std::string() : "PARTITION BY " + stratum;
  const auto hash =
      "md5(" + data::quote_text(std::to_string(split.seed) + "|") + " || " + row_text(parts.columns()) + ")";
  std::string cuts;
  double share = 0;
  std::vector<std::string> names;
  for (const auto& [name, fraction] : split.fractions) {
    share += fraction;
    if (names.size() + 1 < split.fractions.size())
      cuts += " WHEN rank <= floor(n * " + data::quote_real(share) + " + 0.5) THEN " +
              std::to_string(names.size());
    names.push_back(name);
  }
  const auto last = std::to_string(names.size() - 1);
  const auto part = cuts.empty() ? last : "CASE" + cuts + " ELSE " + last + " END";
  parts.split(names, "SELECT r, " + part + " AS p FROM (SELECT rowid AS r, row_number() OVER (" + partition +
                         " ORDER BY " + hash + ", rowid) AS rank, count(*) OVER (" + partition +
                         ") AS n FROM " + quote_name(parts.all().front().table) + ")");
}

}  // namespace preprocess_runner
