// Scalars as bytes: where one ends in a text, and how a value is written as one. Parts of yaml_edit.hpp.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/yaml_edit.hpp"

namespace base::detail {

// The first byte behind tags and anchors (and the white space and comments between) that start at `at`.
std::size_t skip_properties(std::string_view text, std::size_t at);
// `tag` is the parser's: "?" for a plain scalar, "!" for any other, else the one that is written.
ScalarStyle style_at(std::string_view text, std::size_t at, const std::string& tag);
// The byte behind the scalar; `begin` itself when it cannot be replaced in place.
std::size_t scalar_end(std::string_view text, std::size_t begin, ScalarStyle style, const std::string& value);

// `value` as a scalar of the style, quoted if plain would not do.
std::string write_scalar(std::string_view value, ScalarStyle style);

struct WrittenEntry {
  std::size_t at;  // where the bytes go
  std::string bytes;
};
// The entry "key: value" behind the one that is there, in a map of this layout.
WrittenEntry write_entry(std::string_view text, const YamlNode& sibling_key, const YamlNode& sibling_value,
                         CollectionStyle layout, std::string_view key, std::string_view value);

}  // namespace base::detail
