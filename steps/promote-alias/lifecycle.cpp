#include "promote-alias/lifecycle.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "model_registry/lineage.hpp"

namespace promote_alias {
namespace {

using base::Error;
using base::ErrorKind;
using model_registry::ModelVersion;

Error not_from_here(const Transition& transition, const ModelVersion& version, const std::string& state) {
  return Error(ErrorKind::precondition, version.uri() + " is " + state + "; the policy makes " +
                                            transition.to + " only what is " +
                                            base::join(transition.from, " or "));
}

// Everything that changes when `version` comes to stand at `to`, the alias that leads first.
void set_changes(const Policy& policy, const Aliases& aliases, const std::string& replaced_becomes,
                 Record& record) {
  if (policy.is_alias(record.to)) {
    record.replaced = named_by(aliases, record.to);
    record.aliases.push_back({record.to, record.replaced, record.version});
  }
  for (const auto& alias : policy.aliases) {
    if (alias == record.to || named_by(aliases, alias) != record.version) continue;
    record.aliases.push_back({alias, record.version, std::nullopt});
  }
  record.states.push_back({record.version, record.from, record.to});
  if (record.replaced) record.states.push_back({*record.replaced, record.to, replaced_becomes});
}

// Whether a version at `state` has been at `to` or could have: the policy leads from there to here.
bool comes_after(const Policy& policy, const std::string& state, const std::string& to) {
  const auto* transition = policy.is_alias(state) ? policy.transition(state) : nullptr;
  return transition != nullptr &&
         std::find(transition->from.begin(), transition->from.end(), to) != transition->from.end();
}

Record started(const ModelVersion& version, const std::string& from, const std::string& to) {
  Record record;
  record.model = version.name;
  record.version = version.version;
  record.from = from;
  record.to = to;
  const auto digest = version.tags.find(std::string(model_registry::model_digest_tag));
  if (digest != version.tags.end()) record.model_digest = digest->second;
  return record;
}

// The last move of the serving alias; null when there is none.
const Record* last_of_serving(const Policy& policy, const Chain& chain) {
  const auto moves_it = [&](const Record& record) {
    return std::any_of(record.aliases.begin(), record.aliases.end(),
                       [&](const AliasChange& change) { return change.alias == policy.serving; });
  };
  const auto found = std::find_if(chain.records.rbegin(), chain.records.rend(), moves_it);
  return found == chain.records.rend() ? nullptr : &*found;
}

bool has_served(const Policy& policy, const Chain& chain, std::int64_t version) {
  return std::any_of(chain.records.begin(), chain.records.end(), [&](const Record& record) {
    return std::any_of(record.aliases.begin(), record.aliases.end(), [&](const AliasChange& change) {
      return change.alias == policy.serving && (change.to == version || change.from == version);
    });
  });
}

}  // namespace

std::string version_text(std::optional<std::int64_t> version) {
  return version ? "version " + std::to_string(*version) : "no version";
}

std::string text_of(const AliasChange& change) {
  if (!change.to) return "alias " + change.alias + " is taken from " + version_text(change.from);
  return "alias " + change.alias + ": " + version_text(change.from) + " -> " + version_text(change.to);
}

std::string text_of(const StateChange& change) {
  return version_text(change.version) + ": " + change.from + " -> " + change.to;
}

std::optional<std::int64_t> named_by(const Aliases& aliases, const std::string& alias) {
  const auto found = aliases.find(alias);
  return found == aliases.end() ? std::nullopt : std::optional(found->second);
}

// From the last alias of the policy backwards: the one furthest in a model's life tells.
std::string state_of(const Policy& policy, const Aliases& aliases, const ModelVersion& version) {
  for (auto alias = policy.aliases.rbegin(); alias != policy.aliases.rend(); ++alias) {
    if (named_by(aliases, *alias) == version.version) return *alias;
  }
  const auto tag = version.tags.find(std::string(model_registry::state_tag));
  return std::string(tag != version.tags.end() && tag->second == archived ? archived : registered);
}

std::optional<Record> plan_promotion(const Policy& policy, const Aliases& aliases,
                                     const ModelVersion& version, const std::string& to) {
  const auto* transition = policy.transition(to);
  if (transition == nullptr) {
    throw Error(ErrorKind::usage, "the policy has no way to '" + base::printable(to, 100) +
                                      "'; expected one of " + base::join(policy.states(), ", ") +
                                      base::did_you_mean_hint(to, policy.states()));
  }
  const auto from = state_of(policy, aliases, version);
  if (from == to) return std::nullopt;
  if (std::find(transition->from.begin(), transition->from.end(), from) == transition->from.end()) {
    // A pipeline that is run again asks for each move again, also for those that others followed.
    if (comes_after(policy, from, to)) return std::nullopt;
    throw not_from_here(*transition, version, from);
  }
  if (from == policy.serving) {
    throw Error(ErrorKind::precondition,
                version.uri() + " is " + from +
                    ": it stays so until another version takes its place; promote that "
                    "one, or use --rollback");
  }
  auto record = started(version, from, to);
  set_changes(policy, aliases, transition->replaced, record);
  return record;
}

RollbackTarget rollback_target(const Policy& policy, const Aliases& aliases, const Chain& chain,
                               const RollbackRequest& request) {
  const auto current = named_by(aliases, policy.serving);
  if (!current) throw Error(ErrorKind::precondition, "there is no " + policy.serving + " to roll back from");
  const auto* last = last_of_serving(policy, chain);
  const bool just_rolled_back =
      last != nullptr && last->kind == MoveKind::rollback && last->version == *current;
  if (request.expected && *request.expected != *current) {
    if (just_rolled_back && last->replaced == request.expected) return {*current, *current};
    throw Error(ErrorKind::precondition, policy.serving + " is " + version_text(current) + ", expected was " +
                                             version_text(request.expected) + "; look at it and run again");
  }
  if (request.to_version) {
    if (!has_served(policy, chain, *request.to_version)) {
      throw Error(ErrorKind::precondition, "version " + std::to_string(*request.to_version) + " was never " +
                                               policy.serving +
                                               " by the ledger; a rollback goes back, use --to to go on");
    }
    return {*current, *request.to_version};
  }
  // A rollback that is repeated goes back once: it may be the same one, run again after it was interrupted.
  if (just_rolled_back && !request.expected) return {*current, *current};
  if (last == nullptr || !last->replaced) {
    throw Error(ErrorKind::precondition,
                "the ledger knows no " + policy.serving + " before " + version_text(current));
  }
  if (last->version != *current) {
    throw Error(ErrorKind::precondition, policy.serving + " is " + version_text(current) +
                                             ", but by the ledger " + version_text(last->version) +
                                             "; see --verify-ledger");
  }
  return {*current, *last->replaced};
}

std::optional<Record> plan_rollback(const Policy& policy, const Aliases& aliases,
                                    const ModelVersion& version) {
  const auto from = state_of(policy, aliases, version);
  if (from == policy.serving) return std::nullopt;
  auto record = started(version, from, policy.serving);
  record.kind = MoveKind::rollback;
  set_changes(policy, aliases, policy.transition(policy.serving)->replaced, record);
  return record;
}

}  // namespace promote_alias
