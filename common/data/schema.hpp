// Schema: what a table must look like, written by people as YAML and held against every row.
//
//   columns:
//     age:   {type: integer, nullable: false, minimum: 0, maximum: 120}
//     sex:   {type: text, allowed: [female, male]}
//     mail:  {type: text, pattern: '[^@]+@[^@]+', unique: true, required: false, minimum_present: 0.9}
//   rows: {minimum: 100, maximum: 1000000}
//   extra_columns: false
//
// A pattern must match the whole value. NaN and infinities violate a minimum or a maximum. Defaults: a column
// is required and nullable, may hold any value of its type, and other columns are refused.
//
// Errors: Error{input} with FILE:LINE:COLUMN for a schema that makes no sense. A violation is an answer.
// Threads: values; validate as the engine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "data/column_type.hpp"
#include "data/engine.hpp"
#include "data/profile.hpp"
#include "data/table.hpp"

namespace data {

struct ColumnRule {
  std::string name;
  ColumnType type = ColumnType::text;
  bool required = true;
  bool nullable = true;
  bool unique = false;
  std::optional<double> minimum;
  std::optional<double> maximum;
  std::optional<double> minimum_present;  // fraction of rows that are not null
  std::vector<std::string> allowed;       // empty: any
  std::optional<std::string> pattern;     // RE2 syntax
};

struct Schema {
  std::vector<ColumnRule> columns;
  std::optional<std::uint64_t> minimum_rows;
  std::optional<std::uint64_t> maximum_rows;
  bool extra_columns = false;
};

Schema read_schema(const std::filesystem::path& path);
Schema parse_schema(const std::string& text, const std::string& file);
// Everything, defaults included: equal for schemas that mean the same.
base::Json to_json(const Schema& schema);
// The file that parse_schema reads.
std::string to_yaml(const Schema& schema);

// A schema that the profiled table satisfies: types, nulls, and the values of texts that repeat.
Schema infer_schema(const Profile& profile);

// How a file is read so that its columns get the schema's types.
ReadSettings read_settings(const Schema& schema, const std::vector<std::string>& columns);

struct ViolatingRow {
  std::uint64_t row = 0;  // from 1
  std::string value;
};

struct Violation {
  std::string anomaly;  // TFDV's name where it has one, such as "INT_TYPE_BIG_INT"
  std::string column;   // empty: the table
  std::string message;  // what was found and what was expected
  std::uint64_t count = 0;
  std::vector<ViolatingRow> rows;  // the first ones
};

// "column 'age': 2 of 100 values are above 120 (INT_TYPE_BIG_INT): row 7: 300, row 12: 130".
std::string to_text(const Violation& violation);

// All violations by the engine's table, with at most `most_rows` rows each.
std::vector<Violation> validate(Connection& connection, const std::string& table, const Schema& schema,
                                std::size_t most_rows);

}  // namespace data
