#include "train-launcher/stop_condition.hpp"

#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "support/catch.hpp"

using train_launcher::StopCondition;

TEST_CASE("a condition holds for the values that it names") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  struct Case {
    std::string condition;
    double value;
    bool holds;
  };
  const auto each = GENERATE(values<Case>({{"loss is nan", std::nan(""), true},
                                           {"loss is nan", 1, false},
                                           {"loss is inf", -infinity, true},
                                           {"loss is inf", std::nan(""), false},
                                           {"loss is not finite", std::nan(""), true},
                                           {"loss is not finite", infinity, true},
                                           {"loss is not finite", 1e300, false},
                                           {"loss > 10", 10, false},
                                           {"loss > 10", 10.5, true},
                                           {"loss >= 10", 10, true},
                                           {"loss < 1e-3", 0, true},
                                           {"loss <= 0", 0, true},
                                           {"loss == 3", 3, true},
                                           {"loss > 10", std::nan(""), false}}));
  CAPTURE(each.condition, each.value);
  CHECK(StopCondition::parse(each.condition).holds(each.value) == each.holds);
}

TEST_CASE("a condition is written in one way") {
  const auto condition = StopCondition::parse("  val/loss   >  10 ");
  CHECK(condition.metric() == "val/loss");
  CHECK(condition.text() == "val/loss > 10");
}

TEST_CASE("anything else is refused") {
  for (const auto* text :
       {"", "loss", "loss is", "loss is bad", "loss > ten", "loss > 1 2", "loss != 3", "is nan"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(StopCondition::parse(text), base::Error);
  }
}
