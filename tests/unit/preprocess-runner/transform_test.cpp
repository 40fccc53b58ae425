#include "preprocess-runner/transform.hpp"

#include "base/error.hpp"
#include "base/files.hpp"
#include "data/sql.hpp"
#include "support/catch.hpp"

namespace {

using Lines = std::vector<std::string>;

// A table in the engine, and what a transform makes of it.
class Bench {
 public:
  explicit Bench(const std::string& csv) { base::write_file(directory_.path() / "in.csv", csv); }

  // The rows of every part, each as its values joined by commas; nulls are empty.
  std::map<std::string, Lines> apply(const std::string& steps) {
    data::Database database;
    data::Connection connection(database);
    data::load_table(connection, "raw", directory_.path() / "in.csv");
    preprocess_runner::Parts parts(connection, "raw");
    learned =
        preprocess_runner::apply(preprocess_runner::parse_transform("steps:\n" + steps, "t.yaml"), parts);
    columns = names_of(parts.columns());
    std::map<std::string, Lines> result;
    for (const auto& part : parts.all()) result[part.name] = rows(connection, part.table, parts.columns());
    return result;
  }
  std::string failure(const std::string& steps) {
    try {
      apply(steps);
    } catch (const base::Error& error) {
      return error.message();
    }
    return "applied";
  }

  base::Json learned;
  Lines columns;

 private:
  static Lines rows(data::Connection& connection, const std::string& table, const data::Columns& all) {
    std::string texts;
    for (const auto& column : all)
      texts += (texts.empty() ? "CAST(" : ", CAST(") + data::quote_name(column.name) + " AS VARCHAR)";
    Lines lines;
    connection.query("SELECT " + texts + " FROM " + data::quote_name(table), [&](const data::Row& row) {
      std::string line;
      for (const auto& cell : row) line += (line.empty() ? "" : ",") + cell.text().value_or("null");
      lines.push_back(line);
    });
    return lines;
  }

  base::TemporaryDirectory directory_;
};

constexpr auto people = "id,sex,age,x\n1,f,30,1\n2,m,,nan\n3,f,50,2.5\n4,,20,\n";

}  // namespace

TEST_CASE("rows and columns are chosen, renamed and made") {
  Bench bench(people);
  CHECK(bench.apply("- drop-nulls: all\n")[""] == Lines{"1,f,30,1.0", "3,f,50,2.5"});
  CHECK(bench.apply("- drop-nulls: [age]\n")[""].size() == 3);
  CHECK(bench.apply("- select: [x, id]\n- filter: x > 1 -- and not NaN\n")[""] == Lines{"nan,2", "2.5,3"});
  CHECK(bench.apply("- rename: {id: key}\n- select: [key]\n")[""] == Lines{"1", "2", "3", "4"});
  CHECK(bench.apply("- derive: {id: id + 1, twice: id * 2}\n- select: [id, twice]\n")[""] ==
        Lines{"2,4", "3,6", "4,8", "5,10"});
  CHECK(bench.apply("- cast: {id: text, age: real}\n- select: [id, age]\n")[""][0] == "1,30.0");
  CHECK(bench.apply("- sql: SELECT sex, count(*) AS n FROM data GROUP BY sex ORDER BY n DESC, sex;\n")[""] ==
        Lines{"f,2", "m,1", "null,1"});
  CHECK(bench.apply("- filter: id < 3\n- sql: SELECT d.id, r.age FROM data d JOIN raw r ON r.id = d.id + 2 "
                    "ORDER BY 1\n")[""] == Lines{"1,50", "2,20"});
}

TEST_CASE("gaps are filled with what the train part says") {
  Bench bench(people);
  CHECK(bench.apply("- fill: {x: 0, age: 7, sex: n}\n")[""] ==
        Lines{"1,f,30,1.0", "2,m,7,0.0", "3,f,50,2.5", "4,n,20,0.0"});
  CHECK(bench.apply("- fill: {x: {with: mean}, sex: {with: most-frequent}}\n")[""][1] == "2,m,null,1.75");
  CHECK(bench.learned["operations"][0]["columns"] == base::Json{{"x", "1.75"}, {"sex", "f"}});
  CHECK(bench.failure("- fill: {sex: {with: mean}}\n") ==
        "t.yaml:2:3: step 1 (fill): column 'sex' is of the type text, expected integer or real");
  CHECK(bench.failure("- fill: {age: old}\n").rfind("t.yaml:2:3: step 1 (fill): Conversion Error", 0) == 0);
}

TEST_CASE("encoding puts new columns in the place of the old one") {
  Bench bench(people);
  CHECK(bench.apply("- encode: {one-hot: [sex]}\n- select: [id, sex_f, sex_m]\n")[""] ==
        Lines{"1,1,0", "2,0,1", "3,1,0", "4,0,0"});
  bench.apply("- encode: {one-hot: [sex]}\n");
  CHECK(bench.columns == Lines{"id", "sex_f", "sex_m", "age", "x"});
  CHECK(bench.apply("- encode: {ordinal: {sex: [m, f]}}\n- select: [sex]\n")[""] ==
        Lines{"1", "0", "1", "null"});
  CHECK(bench.failure("- encode: {one-hot: [x]}\n").find("of the type real, which has no categories") !=
        std::string::npos);
}

TEST_CASE("a split has exact sizes and names its parts") {
  std::string csv = "i,g\n";
  for (int i = 0; i < 100; ++i) csv += std::to_string(i) + "," + (i % 10 == 0 ? "rare" : "often") + "\n";
  Bench bench(csv);
  const auto parts = bench.apply("- split: {fractions: {train: 0.8, test: 0.2}, seed: 1, stratum: g}\n");
  CHECK(parts.at("train").size() == 80);
  const auto rare = [](const Lines& rows) {
    return std::count_if(rows.begin(), rows.end(),
                         [](const std::string& row) { return row.ends_with("rare"); });
  };
  CHECK(rare(parts.at("train")) == 8);
  CHECK(rare(parts.at("test")) == 2);
  // These rows and this seed give these parts in every release: a changed hash would be a changed split.
  const Lines first(parts.at("test").begin(), parts.at("test").begin() + 3);
  CHECK(first == Lines{"10,rare", "11,often", "12,often"});
}

TEST_CASE("names that SQL takes for one are refused") {
  Bench bench(people);
  CHECK(bench.failure("- rename: {id: SEX}\n") ==
        "t.yaml:2:3: step 1 (rename): there would be two columns 'sex'; rename or leave out one of them");
  CHECK(bench.failure("- select: [idd]\n") ==
        "t.yaml:2:3: step 1 (select): there is no column 'idd', did you mean 'id'? (there are id, sex, age, "
        "x)");
}
