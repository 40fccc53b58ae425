#include "eval-gate/expectation.hpp"

#include "support/catch.hpp"

using namespace eval_gate;
using Catch::Matchers::Contains;

namespace {

std::vector<std::string> wrong(const std::string& keys, const std::string& document) {
  return faults(parse_expectation(base::parse_yaml("{" + keys + "}", "g.yaml")),
                base::parse_json(document, "d"));
}

bool holds(const std::string& keys, const std::string& document) {
  return wrong(keys, document).empty();
}

}  // namespace

TEST_CASE("a pointer names a place") {
  CHECK(holds("pointer: ''", "{}"));
  CHECK(holds("pointer: /a/0/b", R"({"a": [{"b": null}]})"));
  CHECK(holds("pointer: /a~1b/~0c", R"({"a/b": {"~c": 1}})"));
  CHECK(wrong("pointer: /a/2", R"({"a": [1, 2]})") == std::vector<std::string>{"/a/2 is missing"});
  CHECK_FALSE(holds("pointer: /a/00", R"({"a": [1, 2]})"));
  CHECK_FALSE(holds("pointer: /a/-1", R"({"a": [1, 2]})"));
  CHECK_FALSE(holds("pointer: /a/b", R"({"a": 3})"));
  CHECK_THROWS_WITH(wrong("pointer: a", "{}"), Contains("starts with '/'"));
}

TEST_CASE("a star stands for every element, and for none at all it is missing") {
  CHECK(holds("pointer: /p/*, min: 0, max: 1", R"({"p": [0, 0.5, 1]})"));
  CHECK(wrong("pointer: /p/*, max: 1", R"({"p": [0, 2, 3]})").size() == 2);
  CHECK_FALSE(holds("pointer: /p/*", R"({"p": []})"));
  CHECK_FALSE(holds("pointer: /p/*/x", R"({"p": [{"x": 1}, {}]})"));
}

TEST_CASE("types") {
  CHECK(holds("pointer: /a, type: number", R"({"a": 1.5})"));
  CHECK(holds("pointer: /a, type: integer", R"({"a": 2.0})"));
  CHECK_FALSE(holds("pointer: /a, type: integer", R"({"a": 2.5})"));
  CHECK(holds("pointer: /a, type: 'null'", R"({"a": null})"));
  CHECK_FALSE(holds("pointer: /a, type: string", R"({"a": 1})"));
  CHECK_THROWS_WITH(wrong("pointer: /a, type: strin", "{}"), Contains("did you mean 'string'?"));
}

TEST_CASE("bounds demand a number") {
  CHECK_FALSE(holds("pointer: /a, min: 0", R"({"a": "1"})"));
  CHECK_FALSE(holds("pointer: /a, min: 0", R"({"a": null})"));
  CHECK_FALSE(holds("pointer: /a, max: 1", R"({"a": 1.0001})"));
}

TEST_CASE("equality with a tolerance goes through arrays and objects") {
  CHECK(holds("pointer: /a, equals: 1", R"({"a": 1.0})"));
  CHECK(holds("pointer: /a, equals: [1, {b: 2}], tolerance: 0.01", R"({"a": [1.005, {"b": 1.995}]})"));
  CHECK_FALSE(holds("pointer: /a, equals: [1, 2], tolerance: 0.01", R"({"a": [1, 2, 3]})"));
  CHECK_FALSE(holds("pointer: /a, equals: '1'", R"({"a": 1})"));
  CHECK_FALSE(holds("pointer: /a, equals: {b: 1}", R"({"a": {"c": 1}})"));
  CHECK_THROWS_WITH(wrong("pointer: /a, tolerance: 1", "{}"), Contains("belongs to 'equals'"));
}

TEST_CASE("length") {
  CHECK(holds("pointer: /a, length: 2", R"({"a": [1, 2]})"));
  CHECK(wrong("pointer: /a, length: 2", R"({"a": "abc"})") ==
        std::vector<std::string>{"/a has length 3; expected length 2"});
  CHECK_FALSE(holds("pointer: /a, length: 1", R"({"a": 7})"));
}
