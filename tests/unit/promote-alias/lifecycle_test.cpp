#include "promote-alias/lifecycle.hpp"

#include "support/catch.hpp"
#include "support/error_message.hpp"

using model_registry::ModelVersion;
using namespace promote_alias;

namespace {

const Policy policy = read_policy(std::nullopt);

ModelVersion version(std::int64_t number, const std::string& tag = "") {
  ModelVersion made{.name = "m", .version = number};
  if (!tag.empty()) made.tags["lifecycle.state"] = tag;
  return made;
}

std::vector<std::string> changes(const Record& record) {
  std::vector<std::string> texts;
  for (const auto& each : record.aliases) texts.push_back(text_of(each));
  for (const auto& each : record.states) texts.push_back(text_of(each));
  return texts;
}

Record served(std::int64_t number, std::optional<std::int64_t> before, MoveKind kind = MoveKind::promote) {
  Record record;
  record.version = number;
  record.kind = kind;
  record.replaced = before;
  record.aliases = {{"champion", before, number}};
  return record;
}

Chain chain(const std::vector<Record>& records) {
  return {.records = records, .ids = {}, .broken = std::nullopt};
}

}  // namespace

TEST_CASE("the alias says where a version stands, without one the tag") {
  CHECK(state_of(policy, {{"champion", 1}}, version(1, "archived")) == "champion");
  CHECK(state_of(policy, {{"champion", 2}}, version(1, "archived")) == "archived");
  CHECK(state_of(policy, {}, version(1)) == "registered");
  CHECK(state_of(policy, {}, version(1, "champion")) == "registered");
  CHECK(state_of(policy, {{"champion", 1}, {"challenger", 1}}, version(1)) == "champion");
  CHECK(state_of(policy, {{"latest-good", 1}}, version(1)) == "registered");
}

TEST_CASE("a promotion moves the alias that leads first and takes the others away") {
  const auto record = plan_promotion(policy, {{"champion", 1}, {"challenger", 2}}, version(2), "champion");
  REQUIRE(record);
  CHECK(changes(*record) == std::vector<std::string>{"alias champion: version 1 -> version 2",
                                                     "alias challenger is taken from version 2",
                                                     "version 2: challenger -> champion",
                                                     "version 1: champion -> archived"});
  CHECK(record->replaced == 1);
}

TEST_CASE("a challenger that is replaced is registered again") {
  const auto record = plan_promotion(policy, {{"challenger", 1}}, version(2), "challenger");
  CHECK(changes(*record).back() == "version 1: challenger -> registered");
}

TEST_CASE("archiving takes aliases away") {
  const auto record = plan_promotion(policy, {{"shadow", 1}}, version(1), "archived");
  CHECK(changes(*record) ==
        std::vector<std::string>{"alias shadow is taken from version 1", "version 1: shadow -> archived"});
}

TEST_CASE("a version that stands there, or further on, is not moved") {
  CHECK_FALSE(plan_promotion(policy, {{"champion", 1}}, version(1), "champion"));
  CHECK_FALSE(plan_promotion(policy, {{"champion", 1}}, version(1), "challenger"));
  CHECK_FALSE(plan_promotion(policy, {{"shadow", 1}}, version(1), "challenger"));
}

TEST_CASE("a way that the policy does not have is refused") {
  const auto refused = [](const Aliases& aliases, const std::string& to) {
    return error_message([&] { plan_promotion(policy, aliases, version(1), to); });
  };
  CHECK(contains(refused({}, "champion"), "only what is challenger or shadow"));
  CHECK(contains(refused({}, "shadow"), "only what is challenger"));
  CHECK(contains(refused({{"champion", 1}}, "archived"), "models:/m/1 is champion"));
  CHECK(contains(refused({}, "production"), "expected one of challenger"));
}

TEST_CASE("a rollback goes back to the version before, once") {
  const auto two = chain({served(1, std::nullopt), served(2, 1)});
  CHECK(rollback_target(policy, {{"champion", 2}}, two, {}).version == 1);
  const auto back = chain({served(1, std::nullopt), served(2, 1), served(1, 2, MoveKind::rollback)});
  CHECK(rollback_target(policy, {{"champion", 1}}, back, {}).version == 1);
  CHECK(
      rollback_target(policy, {{"champion", 1}}, back, {.to_version = std::nullopt, .expected = 2}).version ==
      1);
  CHECK(
      rollback_target(policy, {{"champion", 1}}, back, {.to_version = 2, .expected = std::nullopt}).version ==
      2);
}

TEST_CASE("a rollback that the ledger does not support is refused") {
  const auto refused = [](const Aliases& aliases, const Chain& moves, const RollbackRequest& request) {
    return error_message([&] { rollback_target(policy, aliases, moves, request); });
  };
  const auto one = chain({served(1, std::nullopt)});
  const auto two = chain({served(1, std::nullopt), served(2, 1)});
  CHECK(contains(refused({}, one, {}), "no champion to roll back"));
  CHECK(contains(refused({{"champion", 1}}, one, {}), "no champion before"));
  CHECK(contains(refused({{"champion", 1}}, chain({}), {}), "no champion before"));
  CHECK(contains(refused({{"champion", 3}}, two, {}), "--verify-ledger"));
  CHECK(contains(refused({{"champion", 2}}, two, {.to_version = 5, .expected = std::nullopt}),
                 "never champion"));
  CHECK(
      contains(refused({{"champion", 2}}, two, {.to_version = std::nullopt, .expected = 1}), "expected was"));
}
