// Strict JSON: what comes from outside is read through here and nowhere else.
//
// Refused: duplicate keys (nlohmann keeps the last one silently), nesting deeper than `max_depth`, more than
// `max_bytes`, invalid UTF-8, anything after the value. Numbers stay exact: integers as integers.
//
// Errors: Error{input} "WHERE:LINE:COLUMN: …", where `where` names the file or the response.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace base {

using Json = nlohmann::json;
// Keeps the order of keys as written: for documents that people read.
using OrderedJson = nlohmann::ordered_json;

struct JsonLimits {
  std::size_t max_bytes = std::size_t{64} << 20U;
  int max_depth = 64;
};

Json parse_json(std::string_view text, std::string_view where, JsonLimits limits = {});

// One line, keys sorted by bytes, no spaces, floats in their shortest form: equal values give equal bytes.
std::string canonical_json(const Json& value);

// Typed access for documents from outside. `where` names the document in the message.
const Json& require(const Json& object, std::string_view key, std::string_view where);
std::string require_string(const Json& object, std::string_view key, std::string_view where);
std::int64_t require_integer(const Json& object, std::string_view key, std::string_view where);
const Json& require_array(const Json& object, std::string_view key, std::string_view where);
const Json& require_object(const Json& object, std::string_view key, std::string_view where);
// Missing and null give nothing; another type is an Error.
std::optional<std::string> optional_string(const Json& object, std::string_view key, std::string_view where);
std::optional<double> optional_number(const Json& object, std::string_view key, std::string_view where);
// An unknown key of `object` is an Error with a hint.
void reject_unknown_keys(const Json& object, const std::vector<std::string>& known, std::string_view where);

}  // namespace base
