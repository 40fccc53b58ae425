// Columns of a table file in memory: predictions, labels, groups.
//
// Errors: those of table.hpp; a missing column names those that exist.   Threads: any.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "data/column_type.hpp"
#include "data/table.hpp"

namespace data {

// One column's values in the file's order. Exactly one of the two lists is filled.
struct ColumnValues {
  std::string name;
  ColumnType type = ColumnType::text;
  std::vector<std::optional<double>> numbers;     // of boolean (0 and 1), integer and real columns
  std::vector<std::optional<std::string>> texts;  // of text, date and timestamp columns

  bool numeric() const { return type == ColumnType::boolean || is_number(type); }
  std::size_t size() const { return numeric() ? numbers.size() : texts.size(); }
  // The values as texts whatever the type: numbers in their shortest form, whole ones without a point, so
  // that labels can be compared across files that hold "1" and 1.
  std::vector<std::optional<std::string>> as_texts() const;
};

// The named columns, in the order of `names`, all of one length. More than `max_rows` rows is Error{input}.
std::vector<ColumnValues> read_columns(const std::filesystem::path& path,
                                       const std::vector<std::string>& names,
                                       const ReadSettings& settings = {}, std::size_t max_rows = 20'000'000);

// The names of the file's columns; of a CSV or TSV file no more than the header is read.
std::vector<std::string> column_names(const std::filesystem::path& path, const ReadSettings& settings = {});

}  // namespace data
