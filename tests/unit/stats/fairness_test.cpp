#include "stats/fairness.hpp"

#include "support/catch.hpp"

using stats::GroupCounts;

namespace {

const std::vector<GroupCounts> two_groups{{"sex=F", 8, 2, 3, 7}, {"sex=M", 6, 4, 1, 9}};

}  // namespace

TEST_CASE("differences between two groups") {
  CHECK(*stats::equal_opportunity_difference(two_groups).value == Approx(0.2).epsilon(1e-14));
  CHECK(*stats::equalized_odds_difference(two_groups).value == Approx(0.2).epsilon(1e-14));
  CHECK(*stats::demographic_parity_difference(two_groups).value == Approx(0.2).epsilon(1e-14));
}

TEST_CASE("equalized odds takes the worse of both differences") {
  const std::vector<GroupCounts> groups{{"a", 5, 5, 9, 1}, {"b", 5, 5, 1, 9}};
  CHECK(*stats::equal_opportunity_difference(groups).value == 0);
  CHECK(*stats::equalized_odds_difference(groups).value == Approx(0.8).epsilon(1e-14));
}

TEST_CASE("a group without positive rows makes the difference undefined") {
  auto groups = two_groups;
  groups.push_back({"sex=X", 0, 0, 1, 4});
  const auto answer = stats::equal_opportunity_difference(groups, 0);
  CHECK_FALSE(answer.value);
  CHECK(answer.undefined == "group sex=X has 0 positive rows; needed are 1");
  CHECK_FALSE(stats::equalized_odds_difference(groups).value);
  CHECK(stats::demographic_parity_difference(groups).value);
}

TEST_CASE("too few positive rows are said, not computed") {
  const auto answer = stats::equal_opportunity_difference(two_groups, 11);
  CHECK_FALSE(answer.value);
  CHECK(answer.undefined == "group sex=F has 10 positive rows; needed are 11");
}

TEST_CASE("no group and one group") {
  CHECK(stats::equal_opportunity_difference({}).undefined == "there is no group");
  CHECK(*stats::equal_opportunity_difference({two_groups.front()}).value == 0);
}
