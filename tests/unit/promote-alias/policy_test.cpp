#include "promote-alias/policy.hpp"

#include "base/files.hpp"
#include "support/catch.hpp"
#include "support/error_message.hpp"

using promote_alias::read_policy;

namespace {

std::string refused(const std::string& text) {
  const base::TemporaryDirectory directory;
  const auto file = directory.path() / "policy.yaml";
  base::write_file(file, text);
  return error_message([&] { read_policy(file); });
}

std::string with_transition(const std::string& transition) {
  return "schema_version: 1\naliases: [champion]\nserving: champion\ntransitions:\n  - " + transition + "\n";
}

}  // namespace

TEST_CASE("the built-in policy is the lifecycle") {
  const auto policy = read_policy(std::nullopt);
  CHECK(policy.aliases == std::vector<std::string>{"challenger", "shadow", "champion"});
  CHECK(policy.serving == "champion");
  CHECK(policy.states() == std::vector<std::string>{"challenger", "shadow", "champion", "archived"});
  const auto* champion = policy.transition("champion");
  REQUIRE(champion != nullptr);
  CHECK(champion->from == std::vector<std::string>{"challenger", "shadow"});
  CHECK(champion->replaced == "archived");
  CHECK(champion->needs.gate == model_registry::Verdict::warn);
  CHECK_FALSE(champion->needs.signature);
  CHECK(champion->needs.approvals.count == 0);
  CHECK(policy.transition("registered") == nullptr);
}

TEST_CASE("what a move needs is read") {
  const base::TemporaryDirectory directory;
  const auto file = directory.path() / "policy.yaml";
  base::write_file(file,
                   with_transition("{to: champion, from: registered, needs: {gate: pass, signature: true, "
                                   "approvals: {count: 2, signed: true, own: true}}}"));
  const auto needs = read_policy(file).transition("champion")->needs;
  CHECK(needs.gate == model_registry::Verdict::pass);
  CHECK(needs.signature);
  CHECK(needs.approvals.count == 2);
  CHECK(needs.approvals.is_signed);
  CHECK(needs.approvals.may_be_own);
}

TEST_CASE("a policy that makes no sense is refused with its place") {
  CHECK(contains(refused(with_transition("{to: champoin, from: [registered]}")), "did you mean 'champion'"));
  CHECK(contains(refused(with_transition("{to: champion, from: []}")), "at least one state"));
  CHECK(contains(refused(with_transition("{to: champion, from: [registered], replaced: gone}")), "archived"));
  CHECK(contains(refused(with_transition("{to: champion, from: [registered], needs: {gates: pass}}")),
                 "gates"));
  CHECK(contains(
      refused(with_transition("{to: champion, from: [registered], needs: {approvals: {count: -1}}}")),
      "0 to 20"));
  CHECK(contains(
      refused(with_transition("{to: champion, from: [registered]}\n  - {to: champion, from: [archived]}")),
      "policy.yaml:6:"));
  CHECK(contains(refused(with_transition("{to: archived, from: [registered]}")), "none leads to champion"));
  CHECK(contains(refused("schema_version: 2\n"), "policy.yaml:"));
}
