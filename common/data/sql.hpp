// SQL text: the one place where names and values are quoted.   Errors: Error{input} for NUL in a name or
// text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/column_type.hpp"

namespace data {

// "a ""b""": a column or table.
std::string quote_name(std::string_view name);
// 'it''s': a text.
std::string quote_text(std::string_view text);
// CAST('0.1' AS DOUBLE): exactly this double; nan and infinities too.
std::string quote_real(double value);
// CAST(expression AS BIGINT); the expression is SQL already.
std::string cast_to(ColumnType type, std::string_view expression);
// "a", "b"
std::string quote_names(const std::vector<std::string>& names);
// 'a', 'b'
std::string quote_texts(const std::vector<std::string>& texts);

}  // namespace data
