#include "model_registry/mlflow_records.hpp"
#include "base/error.hpp"
#include "support/catch.hpp"

using base::Json;

TEST_CASE("a version is read from what MLflow sends") {
  const auto version =
      model_registry::version_from({{"name", "m"},
                                    {"version", "3"},
                                    {"creation_timestamp", 1795308954873},
                                    {"source", "models:/m-1"},
                                    {"run_id", "r"},
                                    {"tags", {{{"key", "a"}, {"value", "b"}}, {{"key", "c"}}}},
                                    {"aliases", {"champion"}}});
  CHECK(version.version == 3);
  CHECK(version.tags == model_registry::Tags{{"a", "b"}, {"c", ""}});
  CHECK(version.aliases == std::vector<std::string>{"champion"});
  CHECK(version.created.time_since_epoch().count() == 1795308954873);
}

TEST_CASE("fields that protobuf leaves out are empty") {
  const auto version = model_registry::version_from({{"name", "m"}, {"version", "1"}});
  CHECK(version.tags.empty());
  CHECK(version.aliases.empty());
  CHECK(model_registry::aliases_from({{"name", "m"}}).empty());
}

TEST_CASE("an answer of another form is an error") {
  CHECK_THROWS_AS(model_registry::version_from({{"name", "m"}}), base::Error);
  CHECK_THROWS_AS(model_registry::version_from({{"name", "m"}, {"version", 1}}), base::Error);
  CHECK_THROWS_AS(model_registry::version_from({{"name", "m"}, {"version", "1x"}}), base::Error);
  CHECK_THROWS_AS(model_registry::version_from({{"name", "m"}, {"version", "1"}, {"tags", "t"}}),
                  base::Error);
  CHECK_THROWS_AS(model_registry::version_from(Json::array()), base::Error);
  CHECK_THROWS_AS(model_registry::aliases_from({{"aliases", {{{"alias", "a"}, {"version", "-1"}}}}}),
                  base::Error);
}
