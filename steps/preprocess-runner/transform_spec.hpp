// TransformSpec: the work that a transform file says, one operation after another.
//
//   read:
//     raw: {null_values: [NA], types: {zip: text}}
//   steps:
//     - drop-nulls: [age, bmi]            # all: a null in any column
//     - select: [age, sex, bmi, progression]
//     - rename: {bmi: body_mass}
//     - cast: {age: real}
//     - fill: {age: 0, sex: {with: most-frequent}}
//     - filter: age >= 18
//     - derive: {label: progression > 140}
//     - sql: SELECT *, row_number() OVER () AS id FROM data
//     - split: {fractions: {train: 0.8, test: 0.2}, seed: 7, stratum: label}
//     - encode: {one-hot: [sex], ordinal: {size: [S, M, L]}, unknown: error}
//     - scale: {columns: [age], method: standard}
//
// Errors: Error{input} "FILE:LINE:COLUMN: …".   Threads: values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/json.hpp"
#include "data/column_type.hpp"
#include "data/table.hpp"

namespace preprocess_runner {

struct DropNulls {
  std::vector<std::string> columns;  // empty: all
};
struct Select {
  std::vector<std::string> columns;
};
struct Rename {
  std::vector<std::pair<std::string, std::string>> names;  // from, to
};
struct Cast {
  std::vector<data::Column> columns;
};

enum class FillWith { value, mean, median, most_frequent };
struct FillColumn {
  std::string name;
  FillWith with = FillWith::value;
  std::string value;
};
struct Fill {
  std::vector<FillColumn> columns;
};

struct Filter {
  std::string condition;
};
struct Derive {
  std::vector<std::pair<std::string, std::string>> columns;  // name, expression
};
struct Sql {
  std::string query;
};

struct Split {
  std::vector<std::pair<std::string, double>> fractions;  // by part, sum 1
  std::int64_t seed = 0;
  std::vector<std::string> stratum;
};

enum class UnknownValue { error, ignore };
struct OrdinalColumn {
  std::string name;
  std::vector<std::string> order;  // empty: ascending
};
struct Encode {
  std::vector<std::string> one_hot;
  std::vector<OrdinalColumn> ordinal;
  UnknownValue unknown = UnknownValue::error;
};

enum class ScaleMethod { standard, min_max };
struct Scale {
  std::vector<std::string> columns;
  ScaleMethod method = ScaleMethod::standard;
};

using Operation =
    std::variant<DropNulls, Select, Rename, Cast, Fill, Filter, Derive, Sql, Split, Encode, Scale>;

struct TransformStep {
  std::string where;  // "FILE:LINE:COLUMN: step 3 (derive)"
  Operation operation;
};

struct TransformSpec {
  std::map<std::string, data::ReadSettings> read;  // by input
  std::vector<TransformStep> steps;
  base::Json key;  // equal for files that mean the same

  // The names of the parts that a split makes, in order; empty without one.
  std::vector<std::string> parts() const;
};

TransformSpec read_transform(const std::filesystem::path& path);
TransformSpec parse_transform(const std::string& text, const std::string& file);

}  // namespace preprocess_runner
