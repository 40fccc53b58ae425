#include "data/schema.hpp"

#include "base/error.hpp"
#include "base/files.hpp"
#include "support/catch.hpp"

namespace {

struct Loaded {
  explicit Loaded(const std::string& csv) : connection(database) {
    base::write_file(directory.path() / "in.csv", csv);
    data::load_table(connection, "t", directory.path() / "in.csv");
  }
  std::vector<std::string> violations(const std::string& schema) {
    std::vector<std::string> lines;
    for (const auto& each : data::validate(connection, "t", data::parse_schema(schema, "s.yaml"), 2))
      lines.push_back(data::to_text(each));
    return lines;
  }

  base::TemporaryDirectory directory;
  data::Database database;
  data::Connection connection;
};

using Lines = std::vector<std::string>;

std::string failure(const std::string& schema) {
  try {
    data::parse_schema(schema, "s.yaml");
  } catch (const base::Error& error) {
    return error.message();
  }
  return "parsed";
}

}  // namespace

TEST_CASE("every rule finds what breaks it and says where") {
  Loaded loaded("age,sex,x\n5,f,1.5\n300,f,\n130,m,nan\n150,?,2.5\n,f,2.5\n");
  CHECK(loaded.violations(
            "columns: {age: {type: integer, maximum: 120, nullable: false}}\nextra_columns: true") ==
        Lines{"column 'age': 1 of 5 values are null (FEATURE_TYPE_NOT_PRESENT): row 5: null",
              "column 'age': 3 of 5 values are above 120 (INT_TYPE_BIG_INT): row 2: 300, row 3: 130"});
  CHECK(loaded.violations("columns: {age: {type: integer}, sex: {type: text, allowed: [f, m]}}") ==
        Lines{"column 'sex': 1 of 5 values are none of f, m (ENUM_TYPE_UNEXPECTED_STRING_VALUES): row 4: ?",
              "column 'x': the column is not in the schema, which allows no others (SCHEMA_NEW_COLUMN)"});
  CHECK(loaded.violations("columns: {sex: {type: text, pattern: '[a-z]'}, x: {type: real, unique: true, "
                          "minimum: 2, minimum_present: 0.9}}\nextra_columns: true") ==
        Lines{"column 'sex': 1 of 5 values do not match the pattern [a-z] (PATTERN_MISMATCH): row 4: ?",
              "column 'x': a fraction of 0.8 of the values is present, expected at least 0.9 "
              "(FEATURE_TYPE_LOW_FRACTION_PRESENT)",
              "column 'x': 1 of 5 values are below 2 (FLOAT_TYPE_SMALL_FLOAT): row 1: 1.5",
              "column 'x': 1 of 5 values are not numbers (FLOAT_TYPE_HAS_NAN): row 3: nan",
              "column 'x': 2 of 5 values occur more than once (NOT_UNIQUE): row 4: 2.5, row 5: 2.5"});
  CHECK(loaded.violations("columns: {agee: {type: integer}, x: {type: text}}\nextra_columns: true\nrows: "
                          "{minimum: 10}") ==
        Lines{"5 rows, expected at least 10 (DATASET_LOW_NUM_EXAMPLES)",
              "column 'agee': the column is missing, did you mean 'age'? (SCHEMA_MISSING_COLUMN)",
              "column 'x': the type is real, expected text (UNEXPECTED_DATA_TYPE)"});
}

TEST_CASE("an inferred schema is satisfied by its table and survives YAML") {
  Loaded loaded("id,s,free,\"we: ird\"\n1,a,x,true\n2,b,y,\n3,a,z,true\n4,b,w,false\n");
  const auto schema = data::infer_schema(data::make_profile(loaded.connection, "t"));
  CHECK(data::to_yaml(schema) ==
        "columns:\n  \"id\": {type: integer, nullable: false}\n"
        "  \"s\": {type: text, nullable: false, allowed: [\"a\", \"b\"]}\n"
        "  \"free\": {type: text, nullable: false}\n  \"we: ird\": {type: boolean}\nextra_columns: false\n");
  CHECK(data::to_json(data::parse_schema(data::to_yaml(schema), "s.yaml")) == data::to_json(schema));
  CHECK(data::validate(loaded.connection, "t", schema, 1).empty());
}

TEST_CASE("a schema that makes no sense is refused with its place") {
  CHECK(failure("columns: {a: {type: float}}") ==
        "s.yaml:1:21: 'float' is not a column type; expected one of boolean, integer, real, text, date, "
        "timestamp");
  CHECK(failure("columns:\n  a: {type: text, minimum: 1}") ==
        "s.yaml:2:6: 'minimum' and 'maximum' are for columns of the type integer or real");
  CHECK(failure("columns: {a: {type: real, minimun: 1}}").find("did you mean 'minimum'?") !=
        std::string::npos);
  CHECK(failure("columns: {a: {type: real, minimum: 2, maximum: 1}}") ==
        "s.yaml:1:14: the minimum is above the maximum");
}
