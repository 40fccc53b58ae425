#include "base/json.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

namespace {

std::string message_of(std::string_view text, base::JsonLimits limits = {}) {
  try {
    base::parse_json(text, "file.json", limits);
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::input);
    return error.message();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("JSON that does not parse names file, line and column") {
  CHECK(message_of("{\n  \"a\": 1,\n  b\n}").rfind("file.json:3:3: ", 0) == 0);
  CHECK(message_of("").rfind("file.json:1:1: ", 0) == 0);
}

TEST_CASE("what lenient parsers let pass is refused") {
  CHECK(message_of(R"({"a":1,"a":2})") == "file.json: duplicate key 'a'");
  CHECK(message_of(R"({"a":{"b":1,"b":2}})") == "file.json: duplicate key 'b'");
  CHECK(message_of(R"({"a":{"b":1},"c":{"b":2}})") == "accepted");
  CHECK(message_of("{} {}") != "accepted");
  CHECK(message_of("[1,]") != "accepted");
  CHECK(message_of("\"\xC0\x80\"") == "file.json: JSON is not valid UTF-8");
  CHECK(message_of("[NaN]") != "accepted");
}

TEST_CASE("depth and size have limits") {
  CHECK(message_of(std::string(64, '[') + std::string(64, ']')) == "accepted");
  CHECK(message_of(std::string(65, '[') + std::string(65, ']')) == "file.json: nested deeper than 64 levels");
  CHECK(message_of("[1,2,3]", {.max_bytes = 4}) == "file.json: JSON of 7 B, the limit is 4 B");
}

TEST_CASE("canonical JSON sorts keys and has no spaces") {
  CHECK(base::canonical_json(base::parse_json(R"({ "b": [1, 2.50], "a": "ü" })", "x")) ==
        R"({"a":"ü","b":[1,2.5]})");
}

TEST_CASE("typed access says what is missing or of the wrong type") {
  const auto json = base::parse_json(R"({"name":"x","count":3,"big":18446744073709551615})", "doc");
  CHECK(base::require_string(json, "name", "doc") == "x");
  CHECK(base::require_integer(json, "count", "doc") == 3);
  CHECK_THROWS_WITH(base::require_string(json, "none", "doc"), "doc: 'none' is missing");
  CHECK_THROWS_WITH(base::require_string(json, "count", "doc"), "doc: 'count' is number, expected a string");
  CHECK_THROWS(base::require_integer(json, "big", "doc"));
  CHECK_THROWS_WITH(base::reject_unknown_keys(json, {"name", "counts", "big"}, "doc"),
                    "doc: unknown key 'count', did you mean 'counts'?");
}
