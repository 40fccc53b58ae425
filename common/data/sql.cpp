#include "data/sql.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

namespace data {
namespace {

std::string quoted(std::string_view text, char quote) {
  if (text.find('\0') != std::string_view::npos) {
    throw base::Error(base::ErrorKind::input,
                      "'" + base::printable(text, 200) + "' holds a NUL byte, which no name or value may");
  }
  std::string result(1, quote);
  for (const char each : text) {
    if (each == quote) result += quote;
    result += each;
  }
  return result + quote;
}

template <class Quote>
std::string quoted_list(const std::vector<std::string>& items, Quote quote) {
  std::vector<std::string> pieces;
  pieces.reserve(items.size());
  for (const auto& item : items) pieces.push_back(quote(item));
  return base::join(pieces, ", ");
}

}  // namespace

std::string quote_name(std::string_view name) {
  return quoted(name, '"');
}

std::string quote_text(std::string_view text) {
  return quoted(text, '\'');
}

std::string quote_real(double value) {
  return "CAST('" + base::to_text(value) + "' AS DOUBLE)";
}

std::string cast_to(ColumnType type, std::string_view expression) {
  return "CAST(" + std::string(expression) + " AS " + std::string(sql_type(type)) + ")";
}

std::string quote_names(const std::vector<std::string>& names) {
  return quoted_list(names, quote_name);
}

std::string quote_texts(const std::vector<std::string>& texts) {
  return quoted_list(texts, quote_text);
}

}  // namespace data
