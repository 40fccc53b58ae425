#include "data/profile.hpp"

#include "base/error.hpp"
#include "base/files.hpp"
#include "data/table.hpp"
#include "support/catch.hpp"

namespace {

data::Profile profile_of(const std::string& csv) {
  const base::TemporaryDirectory directory;
  base::write_file(directory.path() / "in.csv", csv);
  data::Database database;
  data::Connection connection(database);
  data::load_table(connection, "t", directory.path() / "in.csv");
  return data::make_profile(connection, "t");
}

}  // namespace

TEST_CASE("nulls, NaN and infinities are counted apart from the finite values") {
  const auto profile = profile_of("x,s\n1,a\n2,b\nnan,a\n-inf,\n,a\n4.5,a\n");
  CHECK(profile.rows == 6);
  const auto& x = profile.columns.at(0);
  CHECK(x.nulls == 1);
  CHECK(x.nan == 1);
  CHECK(x.infinite == 1);
  CHECK(x.distinct == 5);
  REQUIRE(x.numbers);
  CHECK(x.numbers->finite == 3);
  CHECK(x.numbers->minimum == 1);
  CHECK(x.numbers->maximum == 4.5);
  CHECK(x.numbers->mean == 2.5);
  CHECK(x.numbers->standard_deviation == Approx(1.4719601443879744).epsilon(1e-14));
  CHECK(x.numbers->quantiles.at(0.25) == 1.5);
  CHECK(x.top_values.empty());
  const auto& s = profile.columns.at(1);
  CHECK(!s.numbers);
  CHECK(s.top_values == std::vector<data::TopValue>{{"a", 4}, {"b", 1}});
}

TEST_CASE("histogram bins are left-closed, the last one closed") {
  const auto profile = profile_of("x\n0\n1\n1\n19\n20\n");
  const auto& histogram = profile.columns.at(0).numbers->histogram;
  REQUIRE(histogram.edges.size() == 21);
  CHECK(histogram.counts.at(0) == 1);
  CHECK(histogram.counts.at(1) == 2);
  CHECK(histogram.counts.at(19) == 2);
}

TEST_CASE("a constant column and a column without values have a profile") {
  const auto profile = profile_of("x,y\n3,\n3,\n");
  CHECK(profile.columns.at(0).numbers->standard_deviation == 0);
  CHECK(profile.columns.at(0).numbers->histogram.edges.front() == 2.5);
  CHECK(profile.columns.at(1).nulls == 2);
  CHECK(!profile.columns.at(1).numbers);
}

TEST_CASE("a table without rows has a profile") {
  const auto profile = profile_of("x,y\n");
  CHECK(profile.rows == 0);
  CHECK(profile.columns.size() == 2);
}

TEST_CASE("a profile survives the way through JSON") {
  const auto profile = profile_of("x,b,s\n0.1,true,a\n1e-9,false,\"é\"\n3,true,\n");
  const auto text = data::to_json(profile).dump(2);
  CHECK(data::profile_from_json(base::parse_json(text, "p"), "p") == profile);
}

TEST_CASE("a profile from outside is read strictly") {
  const auto failure = [](const std::string& text) {
    try {
      data::profile_from_json(base::parse_json(text, "p.json"), "p.json");
    } catch (const base::Error& error) {
      return error.message();
    }
    return std::string("read");
  };
  CHECK(failure(R"({"schema_version":2})") ==
        "p.json: a profile of version 2, expected 1; write it with this release's preprocess-runner");
  CHECK(failure(R"({"schema_version":1,"rows":-1,"columns":[]})") == "p.json: 'rows' is negative");
  CHECK(
      failure(R"({"schema_version":1,"rows":1,"columns":[{"name":"x","type":"float"}]})") ==
      "p.json: column 'x': 'float' is not a column type; expected one of boolean, integer, real, text, date, "
      "timestamp");
}
