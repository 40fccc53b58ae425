#include <string>

#include "base/error.hpp"
#include "model_registry/model_registry.hpp"
#include "support/catch.hpp"

using model_registry::check_alias;
using model_registry::check_model_name;

TEST_CASE("names that every registry takes are accepted") {
  for (const auto* name : {"a", "diabetes", "team.model_v2-final", "two words", "9lives"}) {
    CHECK_NOTHROW(check_model_name(name));
  }
}

TEST_CASE("names that would mean something else somewhere are refused") {
  for (const auto* name : {"", ".", "..", "a/b", "a:b", "a@b", "it's", "a`b", "-x", ".hidden", "trailing ",
                           "two  spaces", "line\nfeed", "caf\xc3\xa9"}) {
    INFO(name);
    CHECK_THROWS_AS(check_model_name(name), base::Error);
  }
  CHECK_THROWS_AS(check_model_name(std::string(201, 'x')), base::Error);
}

TEST_CASE("aliases that MLflow reserves are refused") {
  for (const auto* alias : {"champion", "v", "v1x", "latest-good", "V_2"}) CHECK_NOTHROW(check_alias(alias));
  for (const auto* alias : {"", "latest", "LATEST", "v1", "V12", "a.b", "a b", "a/b"}) {
    INFO(alias);
    CHECK_THROWS_AS(check_alias(alias), base::Error);
  }
}
