#include "preprocess-runner/transform_spec.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

namespace {

using preprocess_runner::parse_transform;

std::string failure(const std::string& text) {
  try {
    parse_transform(text, "t.yaml");
  } catch (const base::Error& error) {
    return error.message();
  }
  return "parsed";
}

}  // namespace

TEST_CASE("every operation is read in its written order") {
  const auto spec = parse_transform(
      "read: {raw: {null_values: [NA], types: {zip: text}}}\n"
      "steps:\n"
      "  - drop-nulls: all\n"
      "  - fill: {b: 0, a: {with: median}}\n"
      "  - split: {fractions: {test: 0.25, train: 0.75}, seed: -3, stratum: label}\n"
      "  - encode: {one-hot: s, ordinal: {size: [S, M]}, unknown: ignore}\n"
      "  - scale: [x]\n",
      "t.yaml");
  CHECK(spec.read.at("raw").types.at("zip") == data::ColumnType::text);
  REQUIRE(spec.steps.size() == 5);
  CHECK(spec.steps[1].where == "t.yaml:4:5: step 2 (fill)");
  CHECK(std::get<preprocess_runner::DropNulls>(spec.steps[0].operation).columns.empty());
  const auto& fill = std::get<preprocess_runner::Fill>(spec.steps[1].operation);
  CHECK(fill.columns[0].name == "b");
  CHECK(fill.columns[1].with == preprocess_runner::FillWith::median);
  const auto& split = std::get<preprocess_runner::Split>(spec.steps[2].operation);
  CHECK(split.seed == -3);
  CHECK(split.stratum == std::vector<std::string>{"label"});
  CHECK(spec.parts() == std::vector<std::string>{"test", "train"});
  const auto& encode = std::get<preprocess_runner::Encode>(spec.steps[3].operation);
  CHECK(encode.unknown == preprocess_runner::UnknownValue::ignore);
  CHECK(encode.ordinal[0].order == std::vector<std::string>{"S", "M"});
}

TEST_CASE("the key tells order but neither comments nor layout") {
  const auto key = [](const std::string& text) { return parse_transform(text, "t.yaml").key; };
  CHECK(key("steps:\n  - derive: {a: x, b: y}\n") ==
        key("# why\nsteps:\n- derive:\n    a: x # comment\n    b: 'y'\n"));
  CHECK(key("steps:\n  - derive: {a: x, b: y}\n") != key("steps:\n  - derive: {b: y, a: x}\n"));
  CHECK(key("steps:\n  - fill: {a: '1'}\n") != key("steps:\n  - fill: {a: '2'}\n"));
}

TEST_CASE("what cannot be meant is refused with its place") {
  CHECK(failure("steps:\n  - {select: [a], filter: b}\n") ==
        "t.yaml:2:5: expected one operation, such as 'select: [a, b]'");
  CHECK(failure("steps:\n  - scale: {columns: [a], method: minmax}\n") ==
        "t.yaml:2:35: 'minmax' is none of standard, min-max, did you mean 'min-max'?");
  CHECK(failure("steps:\n  - split: {fractions: {a: 1.5}}\n") ==
        "t.yaml:2:28: a fraction is above 0 and at most 1");
  CHECK(failure("steps:\n  - split: {fractions: {a: 1}}\n  - split: {fractions: {b: 1}}\n") ==
        "t.yaml:3:5: step 2 (split): the table is split already; name all parts in one split");
  CHECK(failure("steps:\n  - encode: {}\n") == "t.yaml:2:13: expected 'one-hot' or 'ordinal'");
  CHECK(failure("steps:\n  - select: []\n") == "t.yaml:2:13: names no column");
  CHECK(failure("read: {raw: {nulls: [x]}}\nsteps: []\n").find("unknown key 'nulls'") != std::string::npos);
}
