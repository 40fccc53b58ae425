#include "base/yaml.hpp"

#include "support/catch.hpp"

namespace {

std::string message_of(const std::string& text) {
  try {
    base::parse_yaml(text, "f.yaml");
  } catch (const base::Error& error) {
    return error.message();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("YAML that does not parse names file, line and column") {
  CHECK(message_of("a: 1\nb: [1, 2\nc: 3\n").rfind("f.yaml:", 0) == 0);
  CHECK(message_of("a: 1\na: 2\n") == "f.yaml:2:1: duplicate key 'a'");
  CHECK(message_of("a: &x 1\nb: *x\n").find("aliases") != std::string::npos);
  CHECK(message_of("a: 1\n---\nb: 2\n").find("second document") != std::string::npos);
  CHECK(message_of("? [1]\n: 2\n").find("as a key") != std::string::npos);
}

TEST_CASE("values know where they stand") {
  const auto document = base::parse_yaml("gates:\n  - name: a\n    bound: x\n", "f.yaml");
  const auto gate = document.at("gates").items().front();
  CHECK_THROWS_WITH(gate.at("bound").number(), "f.yaml:3:12: 'x' is not a number");
  CHECK_THROWS_WITH(gate.reject_unknown_keys({"name", "bond"}),
                    "f.yaml:3:12: unknown key 'bound', did you mean 'bond'? (known: name, bond)");
  CHECK_FALSE(gate.find("none").has_value());
}

TEST_CASE("plain scalars follow the core schema, quoted ones are text") {
  const auto json = base::parse_yaml("a: 1\nb: '1'\nc: true\nd: ~\ne: 1.5\nf: no\ng: 1.2.3\n", "f").to_json();
  CHECK(json["a"] == 1);
  CHECK(json["b"] == "1");
  CHECK(json["c"] == true);
  CHECK(json["d"].is_null());
  CHECK(json["e"] == 1.5);
  CHECK(json["f"] == "no");
  CHECK(json["g"] == "1.2.3");
}

TEST_CASE("what is written reads back as the same") {
  const base::OrderedJson value{{"number", 3},
                                {"text", "3"},
                                {"yes", "yes"},
                                {"colon", "a: b"},
                                {"template", "$(params.x) {{y}}"},
                                {"lines", "one\ntwo\n"},
                                {"empty", ""},
                                {"list", base::OrderedJson::array({1, "x", base::OrderedJson::object()})},
                                {"hash", "a #b"},
                                {"none", nullptr}};
  const auto text = base::to_yaml(value);
  CHECK(base::parse_yaml(text, "f").to_json() == base::Json::parse(value.dump()));
}
