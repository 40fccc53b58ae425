#include "data/table.hpp"

#include "base/error.hpp"
#include "base/files.hpp"
#include "data/columns.hpp"
#include "support/catch.hpp"

namespace {

namespace fs = std::filesystem;
using data::ColumnType;

// A file with these bytes, and what reading it says.
class Sample {
 public:
  explicit Sample(std::string_view bytes, const std::string& name = "in.csv")
      : path_(directory_.path() / name) {
    base::write_file(path_, bytes);
  }

  const fs::path& path() const { return path_; }
  std::vector<data::ColumnValues> read(const std::vector<std::string>& names,
                                       const data::ReadSettings& settings = {}) const {
    return data::read_columns(path_, names, settings);
  }
  // The message without the directory.
  std::string failure(const data::ReadSettings& settings = {}) const {
    try {
      data::read_columns(path_, {}, settings);
    } catch (const base::Error& error) {
      const auto start = error.message().find(path_.string());
      return start == std::string::npos
                 ? error.message()
                 : error.message().substr(start + directory_.path().string().size() + 1);
    }
    return "read without an error";
  }

 private:
  base::TemporaryDirectory directory_;
  fs::path path_;
};

}  // namespace

TEST_CASE("every column of a CSV file gets the narrowest type that loses nothing") {
  const Sample sample(
      "i,r,b,t,d,w,zip,big,nan,none\n"
      "1,1.5,true,x,2026-01-31,2026-01-31 12:30:00.25,007,9223372036854775808,nan,\n"
      "-2,3,FALSE,,2024-02-29,2026-01-31 00:00:00,123,1,2,\n");
  data::Database database;
  data::Connection connection(database);
  const auto info = data::load_table(connection, "t", sample.path());
  CHECK(info.rows == 2);
  std::vector<ColumnType> types;
  for (const auto& column : info.columns) types.push_back(column.type);
  CHECK(types == std::vector<ColumnType>{ColumnType::integer, ColumnType::real, ColumnType::boolean,
                                         ColumnType::text, ColumnType::date, ColumnType::timestamp,
                                         ColumnType::text, ColumnType::text, ColumnType::real,
                                         ColumnType::text});
}

TEST_CASE("values are read in order, with nulls where fields are empty") {
  const Sample sample("a,b,when\r\n1,\"x, \"\"y\"\"\nz\",2026-01-31\r\n,\"\",\r\n3,plain,2024-02-29");
  const auto columns = sample.read({"b", "a", "when"});
  CHECK(columns[0].texts == std::vector<std::optional<std::string>>{"x, \"y\"\nz", std::nullopt, "plain"});
  CHECK(columns[1].numbers == std::vector<std::optional<double>>{1, std::nullopt, 3});
  CHECK(columns[2].texts ==
        std::vector<std::optional<std::string>>{"2026-01-31", std::nullopt, "2024-02-29"});
  CHECK(columns[1].as_texts() == std::vector<std::optional<std::string>>{"1", std::nullopt, "3"});
}

TEST_CASE("a byte order mark is skipped and null values can be named") {
  const Sample sample(
      "\xEF\xBB\xBF"
      "a\nNA\n2\n");
  CHECK(sample.read({"a"}, {.null_values = {"NA"}})[0].numbers ==
        std::vector<std::optional<double>>{std::nullopt, 2});
}

TEST_CASE("a column of a file with one column may be empty, and empty lines end a file") {
  CHECK(Sample("a\n\n2\n").read({"a"})[0].numbers == std::vector<std::optional<double>>{std::nullopt, 2});
  CHECK(Sample("a,b\n1,2\n\n\n").read({"a"})[0].numbers == std::vector<std::optional<double>>{1});
}

TEST_CASE("a file with only a header has no rows") {
  CHECK(Sample("a,b\n").read({"b"})[0].size() == 0);
}

TEST_CASE("malformed CSV is refused with file, line, column and value") {
  CHECK(Sample("").failure() == "in.csv is empty; expected a line with the names of the columns");
  CHECK(Sample("a,b,c\n1,2,3\n4,5\n").failure() ==
        "in.csv:3: 2 fields, expected 3 as in the header; nothing for column 'c'");
  CHECK(Sample("a,b\n1,2,three\n").failure() ==
        "in.csv:2: 3 fields, expected 2 as in the header; the first one too many is 'three'");
  CHECK(Sample("a,b\n1,\"open\n2,3\n").failure() ==
        "in.csv:2: column 'b': the quote before 'open' is never closed");
  CHECK(
      Sample("a,b\n1,5\" pipe\n").failure() ==
      "in.csv:2: column 'b': a quote inside the unquoted value '5\" pipe'; quote the whole value and double "
      "the quotes in it");
  CHECK(
      Sample("a,b\n\"x\"y,1\n").failure() ==
      "in.csv:2: column 'a': text after the closing quote of 'x'; double every quote inside a quoted value");
  CHECK(
      Sample("a,b\n1,2\n3,caf\xE9\n").failure() ==
      "in.csv:3: invalid UTF-8: the byte 0xe9 after 'caf'; convert the file, for example: iconv -f LATIN1 -t "
      "UTF-8");
  CHECK(Sample(std::string_view("a,b\n1,x\0y\n", 10)).failure() ==
        "in.csv:2: a NUL byte; expected text in UTF-8");
  CHECK(Sample("a,b,a\n").failure() == "in.csv:1: the header names column 'a' twice (columns 1 and 3)");
  CHECK(Sample("a,A\n").failure() ==
        "in.csv:1: the header names column 'A' twice (columns 1 and 2; names do not differ by case only)");
  CHECK(Sample("a,,c\n").failure() == "in.csv:1: column 2 has no name in the header");
  CHECK(Sample("a,b\n1,2\n\n3,4\n").failure() == "in.csv:3: an empty line; expected 2 fields");
  CHECK(Sample("a,b\r1,2\r").failure() ==
        "in.csv:1: column 2: a carriage return in the middle of a line; lines end with LF or CR LF");
  CHECK(Sample("\xFF\xFE"
               "a")
            .failure() ==
        "in.csv:1: starts with a UTF-16 byte order mark; convert it: iconv -f UTF-16 -t UTF-8");
}

TEST_CASE("a declared type is held against every value") {
  const Sample sample("age,x\n41,1\nforty,2\n");
  CHECK(sample.failure({.types = {{"age", ColumnType::integer}}}) ==
        "in.csv:3: column 'age': 'forty' is not of the type integer");
}

TEST_CASE("a missing column names those that exist") {
  CHECK(Sample("prediction,label\n1,2\n").failure({.required_columns = {"predicton"}}) ==
        "in.csv has no column 'predicton', did you mean 'prediction'? (it has prediction, label)");
}

TEST_CASE("records larger than a block are read whole") {
  const std::string large(3'000'000, 'x');
  const auto values = Sample("a,b\n1,\"" + large + "\"\n2,y\n").read({"a", "b"});
  CHECK(values[1].texts == std::vector<std::optional<std::string>>{large, "y"});
  CHECK(Sample("a,b\n1,\"" + std::string(40'000'000, 'x')).failure() ==
        "in.csv:2: the record that starts here is longer than 16.0 MiB; is a quote not closed?");
}

TEST_CASE("NDJSON gives the same table as CSV") {
  const Sample sample("{\"a\":1,\"s\":\"x\"}\n\n{\"a\":2.5,\"b\":true}\n", "in.ndjson");
  const auto columns = sample.read({"a", "s", "b"});
  CHECK(columns[0].numbers == std::vector<std::optional<double>>{1, 2.5});
  CHECK(columns[1].texts == std::vector<std::optional<std::string>>{"x", std::nullopt});
  CHECK(columns[2].numbers == std::vector<std::optional<double>>{std::nullopt, 1});
  CHECK(Sample("{\"a\":1}\n{\"a\":\"x\"}\n", "in.jsonl").failure() ==
        "in.jsonl:2: column 'a': \"x\" is not of the type integer");
  CHECK(Sample("{\"a\":[1]}\n", "in.jsonl").failure() ==
        "in.jsonl:1: column 'a': [1] is not of the type number, text or boolean; flatten it first");
}

TEST_CASE("what is written is read back, and is the same every time") {
  const Sample sample(
      "i,r,b,t,d\n1,0.1,true,\"a,b\",2026-01-31\n,nan,false,,\n3,1e300,,\"q\"\"\",2024-02-29\n");
  for (const std::string name : {"out.csv", "out.tsv", "out.parquet"}) {
    INFO(name);
    std::string first;
    for (int round = 0; round < 2; ++round) {
      data::Database database;
      data::Connection connection(database);
      data::load_table(connection, "t", sample.path());
      const auto path = sample.path().parent_path() / name;
      data::write_table(connection, "FROM t", path, *data::table_format(path));
      const auto bytes = base::read_file(path);
      if (round == 1) CHECK(bytes == first);
      first = bytes;
      const auto columns = data::read_columns(path, {"i", "t"});
      CHECK(columns[0].numbers == std::vector<std::optional<double>>{1, std::nullopt, 3});
      CHECK(columns[1].texts == std::vector<std::optional<std::string>>{"a,b", std::nullopt, "q\""});
    }
  }
}

TEST_CASE("a file that is not Parquet, and one that is cut off, are input errors") {
  CHECK(Sample("a,b\n", "in.parquet").failure().rfind("in.parquet: ", 0) == 0);
  CHECK_THROWS_AS(data::column_names("/nowhere/in.csv"), base::Error);
  CHECK(Sample("a", "in.xlsx").failure().find("expected an ending of .csv") != std::string::npos);
}
