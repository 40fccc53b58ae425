#include "base/error.hpp"
#include "model_registry/model_registry.hpp"
#include "support/catch.hpp"

using model_registry::ModelUri;

TEST_CASE("a model URI names a version or an alias") {
  const auto version = ModelUri::parse("models:/diabetes/3");
  CHECK(version.name == "diabetes");
  CHECK(version.version == 3);
  CHECK_FALSE(version.alias);
  CHECK(version.text() == "models:/diabetes/3");

  const auto alias = ModelUri::parse("models:/my model@champion");
  CHECK(alias.name == "my model");
  CHECK(alias.alias == "champion");
  CHECK(alias.text() == "models:/my model@champion");
}

TEST_CASE("what is no model URI is refused") {
  for (const auto* text : {"", "diabetes", "models:/", "models:/diabetes", "models:/diabetes/",
                           "models:/diabetes/0", "models:/diabetes/03", "models:/diabetes/-1",
                           "models:/diabetes/3/4", "models:/diabetes/latest", "models:/diabetes@latest",
                           "models://diabetes/3", "models:/a/99999999999999999999", "runs:/abc/model"}) {
    INFO(text);
    CHECK_THROWS_AS(ModelUri::parse(text), base::Error);
  }
}
