#include "preprocess-runner/parts.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data/sql.hpp"

namespace preprocess_runner {

using data::quote_name;

void check_distinct(const std::vector<std::string>& names) {
  std::set<std::string> seen;
  for (const auto& name : names) {
    if (!seen.insert(base::to_lower(name)).second) {
      throw base::Error(base::ErrorKind::input, "there would be two columns '" + base::printable(name, 100) +
                                                    "'; rename or leave out one of them");
    }
  }
}

Parts::Parts(data::Connection& connection, const std::string& table)
    : connection_(connection),
      source_(table),
      parts_{{"", table}},
      columns_(connection.columns_of("FROM " + quote_name(table))) {}

const data::Column& Parts::column(const std::string& name) const {
  const auto* found = data::find_column(columns_, name);
  if (found != nullptr) return *found;
  const auto names = names_of(columns_);
  throw base::Error(base::ErrorKind::input, "there is no column '" + base::printable(name, 100) + "'" +
                                                base::did_you_mean_hint(name, names) + " (there are " +
                                                base::printable(base::join(names, ", "), 500) + ")");
}

const Part& Parts::fitted() const {
  const auto train =
      std::find_if(parts_.begin(), parts_.end(), [](const Part& each) { return each.name == "train"; });
  return train == parts_.end() ? parts_.front() : *train;
}

std::string Parts::fresh_name() {
  return "mlsteps table " + std::to_string(++counter_);
}

void Parts::drop(const std::string& table) {
  if (table != source_) connection_.execute("DROP TABLE " + quote_name(table));
}

void Parts::transform(const std::function<std::string(const std::string&)>& query_of) {
  for (auto& part : parts_) {
    const auto name = fresh_name();
    columns_ = data::make_table(connection_, name, query_of(quote_name(part.table)));
    drop(part.table);
    part.table = name;
  }
}

void Parts::replace(const Replacements& replacements) {
  std::vector<std::string> items;
  std::vector<std::string> names;
  for (const auto& column : columns_) {
    const auto found = std::find_if(replacements.begin(), replacements.end(),
                                    [&](const auto& each) { return each.first == column.name; });
    if (found == replacements.end()) {
      items.push_back(quote_name(column.name));
      names.push_back(column.name);
      continue;
    }
    for (const auto& expression : found->second) {
      items.push_back(expression.sql + " AS " + quote_name(expression.name));
      names.push_back(expression.name);
    }
  }
  check_distinct(names);
  if (items.empty()) throw base::Error(base::ErrorKind::input, "no column would be left");
  transform([&](const std::string& table) { return "SELECT " + base::join(items, ", ") + " FROM " + table; });
}

void Parts::split(const std::vector<std::string>& names, const std::string& assignment) {
  const auto source = parts_.front().table;
  const auto assigned = fresh_name();
  connection_.execute("CREATE TABLE " + quote_name(assigned) + " AS " + assignment);
  std::vector<Part> made;
  for (std::size_t i = 0; i < names.size(); ++i) {
    made.push_back({names[i], fresh_name()});
    data::make_table(connection_, made.back().table,
                     "SELECT t.* FROM " + quote_name(source) + " AS t JOIN " + quote_name(assigned) +
                         " AS a ON t.rowid = a.r WHERE a.p = " + std::to_string(i) + " ORDER BY t.rowid");
  }
  drop(assigned);
  drop(source);
  parts_ = std::move(made);
}

}  // namespace preprocess_runner
