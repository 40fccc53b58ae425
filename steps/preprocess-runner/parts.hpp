// Parts: the table that a transform works on, or after a split the tables, all of one shape.
//
// Each operation makes every part anew. What an operation learns from the data (means, categories) it learns
// from one part only, the one called "train" or else the first, and applies to all.
//
// Errors: Error{input} naming columns.   Threads: as the engine.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "data/engine.hpp"
#include "data/table.hpp"

namespace preprocess_runner {

struct Part {
  std::string name;   // empty before a split
  std::string table;  // in the engine, not quoted
};

// Error{input} for two names that are one to SQL, which does not tell case: the engine would rename one
// silently.
void check_distinct(const std::vector<std::string>& names);

class Parts {
 public:
  // Starts with the engine's table `table`, which stays.
  Parts(data::Connection& connection, const std::string& table);

  data::Connection& connection() { return connection_; }
  const std::vector<Part>& all() const { return parts_; }
  const data::Columns& columns() const { return columns_; }
  // The column's own entry; Error{input} when there is none.
  const data::Column& column(const std::string& name) const;
  // The part that statistics are of.
  const Part& fitted() const;

  // Makes every part from the query that `query_of` gives for its table (quoted).
  void transform(const std::function<std::string(const std::string& table)>& query_of);
  // As transform, with an expression for some columns; the others stay. An empty list drops the column.
  struct Expression {
    std::string sql;
    std::string name;
  };
  using Replacements = std::vector<std::pair<std::string, std::vector<Expression>>>;
  void replace(const Replacements& replacements);
  // Gives each row to one of the new parts: `assignment` is a query with the columns r (rowid) and p (number
  // of the part).
  void split(const std::vector<std::string>& names, const std::string& assignment);

 private:
  std::string fresh_name();
  void drop(const std::string& table);

  data::Connection& connection_;
  std::string source_;
  std::vector<Part> parts_;
  data::Columns columns_;
  int counter_ = 0;
};

}  // namespace preprocess_runner
