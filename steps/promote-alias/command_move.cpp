#include "base/error.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "model_registry/lineage.hpp"
#include "promote-alias/actor.hpp"
#include "promote-alias/commands.hpp"
#include "promote-alias/lifecycle.hpp"
#include "promote-alias/move.hpp"
#include "promote-alias/proof.hpp"

namespace promote_alias {
namespace {

using base::Error;
using base::ErrorKind;
using model_registry::ModelVersion;

std::optional<std::int64_t> expected_version(const Config& config) {
  return config.expect_version ? std::optional<std::int64_t>(*config.expect_version) : std::nullopt;
}

// The alias that the command moves; empty for a state that is none.
std::string alias_of(const Config& config, const Session& session) {
  if (config.rollback) return session.policy.serving;
  return session.policy.is_alias(*config.to) ? *config.to : "";
}

// What is to be moved, and how; without a record there is nothing to do.
struct Wanted {
  ModelVersion version;
  std::optional<Record> record;
};

Wanted wanted_promotion(const Config& config, Session& session, const Aliases& aliases) {
  Wanted wanted{require_version(session), std::nullopt};
  wanted.record = plan_promotion(session.policy, aliases, wanted.version, *config.to);
  return wanted;
}

Wanted wanted_rollback(const Config& config, Session& session, const Aliases& aliases, const Chain& chain) {
  RollbackRequest request;
  if (config.to_version) request.to_version = *config.to_version;
  request.expected = expected_version(config);
  const auto target = rollback_target(session.policy, aliases, chain, request);
  session.version = target.version;
  Wanted wanted{require_version(session), std::nullopt};
  wanted.record = plan_rollback(session.policy, aliases, wanted.version);
  return wanted;
}

// --expect-version is checked by promotions here; rollbacks have checked it against the ledger. 0: nobody.
void check_expectation(const Config& config, const std::string& alias, const Record& record) {
  const auto expected = expected_version(config);
  if (!expected || config.rollback) return;
  if (alias.empty()) {
    throw Error(ErrorKind::usage, "--expect-version goes with a move to an alias; " + record.to + " is none");
  }
  const auto wanted = *expected == 0 ? std::nullopt : expected;
  if (record.replaced == wanted) return;
  throw Error(ErrorKind::precondition, "lost a race for " + alias + " of " + record.model + ": it is " +
                                           version_text(record.replaced) + ", expected was " +
                                           version_text(wanted) + "; look at it and run again");
}

// Somebody moved the alias past the ledger: not gone over in silence.
void check_drift(const Config& config, const Chain& chain, const std::string& alias,
                 std::optional<std::int64_t> now) {
  const auto by_ledger = chain.aliases();
  const auto found = by_ledger.find(alias);
  if (found == by_ledger.end() || found->second == now || config.expect_version) return;
  throw Error(ErrorKind::precondition,
              alias + " is " + version_text(now) + " in the registry and " + version_text(found->second) +
                  " by the ledger: it was moved past this step. See --verify-ledger; to "
                  "go on from what the registry says, give --expect-version");
}

void set_results(cli::Context& context, const std::string& alias, const Record& record, const std::string& id,
                 bool changed) {
  context.results.set("version", std::to_string(record.version));
  context.results.set("previous-version", record.replaced ? std::to_string(*record.replaced) : "");
  context.results.set("alias", alias);
  context.results.set("changed", changed ? "true" : "false");
  context.results.set("ledger-record", id);
  context.results.set("model-uri", "models:/" + record.model + "/" + std::to_string(record.version));
}

cli::Answer nothing_to_do(cli::Context& context, const Session& session, const Aliases& aliases,
                          const ModelVersion& version) {
  const auto state = state_of(session.policy, aliases, version);
  Record record;
  record.model = version.name;
  record.version = version.version;
  const auto tag = version.tags.find(std::string(model_registry::record_tag));
  set_results(context, session.policy.is_alias(state) ? state : "", record,
              tag == version.tags.end() ? "" : tag->second, false);
  base::log_info(version.uri() + " is " + state + " already");
  return cli::Answer::yes();
}

void fill_in(const Config& config, const Session& session, Record& record) {
  record.actor = actor(config.actor);
  record.reason = config.reason.value_or("");
  record.registry = session.registry->uri();
  record.expected = expected_version(config);
  record.policy_digest = session.policy.digest;
}

// A rollback goes to a version that has served: it needs no new evidence, but must be the same model.
Proof prove_move(const Config& config, Session& session, const Wanted& wanted, const Chain& chain) {
  if (!config.rollback) {
    const auto& needs = session.policy.transition(wanted.record->to)->needs;
    return prove(*session.registry, wanted.version, needs, {config.approval, config.key}, *wanted.record);
  }
  Proof proof;
  for (const auto& record : chain.records) {
    if (record.version != wanted.version.version || record.model_digest == wanted.record->model_digest)
      continue;
    proof.refusals.push_back(wanted.version.uri() + " is another model than the ledger knows: " +
                             wanted.record->model_digest + ", recorded was " + record.model_digest);
    break;
  }
  return proof;
}

void print_plan(cli::Context& context, const Record& record, const Proof& proof) {
  std::string text = "models:/" + record.model + "/" + std::to_string(record.version) + " would go from " +
                     record.from + " to " + record.to + ":\n";
  for (const auto& change : record.aliases) text += "  " + text_of(change) + "\n";
  for (const auto& change : record.states) text += "  " + text_of(change) + "\n";
  for (const auto& refusal : proof.refusals) text += "  but: " + refusal + "\n";
  context.print(text);
}

Wanted wanted_move(const Config& config, Session& session, const Aliases& aliases, const Chain& chain) {
  return config.rollback ? wanted_rollback(config, session, aliases, chain)
                         : wanted_promotion(config, session, aliases);
}

// Everything up to the change itself; the same for --plan.
struct Prepared {
  Wanted wanted;
  Proof proof;
};

Prepared prepare(const Config& config, Session& session, const Aliases& aliases, const Chain& chain) {
  Prepared prepared{wanted_move(config, session, aliases, chain), {}};
  if (!prepared.wanted.record) return prepared;
  auto& record = *prepared.wanted.record;
  fill_in(config, session, record);
  const auto alias = alias_of(config, session);
  check_expectation(config, alias, record);
  if (!alias.empty()) check_drift(config, chain, alias, record.replaced);
  prepared.proof = prove_move(config, session, prepared.wanted, chain);
  record.evidence = prepared.proof.evidence;
  return prepared;
}

cli::Answer refused(cli::Context& context, const std::string& alias, const Record& record,
                    const Proof& proof) {
  set_results(context, alias, record, "", false);
  return cli::Answer::no(record.to + " was not given to models:/" + record.model + "/" +
                         std::to_string(record.version) + ": " + base::join(proof.refusals, "; "));
}

std::string broken(const Chain& chain) {
  return "the ledger was changed: " + *chain.broken +
         "; nothing is moved on top of it. Restore it from a copy";
}

cli::Answer plan(const Config& config, Session& session, cli::Context& context) {
  const auto alias = alias_of(config, session);
  const auto chain = session.ledger ? session.ledger->read() : Chain{};
  if (chain.broken) return cli::Answer::no(broken(chain));
  const auto aliases = session.registry->aliases(session.model);
  const auto prepared = prepare(config, session, aliases, chain);
  const auto& record = prepared.wanted.record;
  if (!record) {
    return nothing_to_do(context, session, aliases, prepared.wanted.version);
  }
  set_results(context, alias, *record, "", false);
  print_plan(context, *record, prepared.proof);
  if (prepared.proof.refusals.empty()) return cli::Answer::yes();
  return refused(context, alias, *record, prepared.proof);
}

// Whether the interrupted move that was just finished is the one that is asked for.
bool is_same(const Config& config, const Session& session, const Record& made) {
  if (config.rollback) return made.kind == MoveKind::rollback;
  return made.kind == MoveKind::promote && made.to == *config.to && made.version == session.version;
}

// What the caller saw when it decided must still hold, unless this run has just finished an older move.
void check_unmoved(const Session& session, const std::string& alias, std::optional<std::int64_t> before,
                   std::optional<std::int64_t> now) {
  if (alias.empty() || before == now) return;
  throw Error(ErrorKind::precondition, "lost a race for " + alias + " of " + session.model + ": it was " +
                                           version_text(before) + " when this run began and is " +
                                           version_text(now) + " now; look at it and run again");
}

// Both locks are held. `before` is missing when it does not matter any more what the caller saw.
cli::Answer move_now(const Config& config, Session& session, cli::Context& context, const Chain& chain,
                     const std::optional<Aliases>& before) {
  const auto alias = alias_of(config, session);
  const auto aliases = session.registry->aliases(session.model);
  const auto prepared = prepare(config, session, aliases, chain);
  const auto& record = prepared.wanted.record;
  if (!record) return nothing_to_do(context, session, aliases, prepared.wanted.version);
  if (before) check_unmoved(session, alias, named_by(*before, alias), named_by(aliases, alias));
  if (!prepared.proof.refusals.empty()) return refused(context, alias, *record, prepared.proof);
  const auto made = make(*session.registry, require_ledger(session), chain, *record);
  set_results(context, alias, made.record, made.id.text(), true);
  base::log_info("models:/" + made.record.model + "/" + std::to_string(made.record.version) + " is " +
                     made.record.to + " now, it was " + made.record.from,
                 {{"record", made.id.text()}, {"actor", made.record.actor}});
  return cli::Answer::yes();
}

}  // namespace

cli::Answer move(const Config& config, Session& session, cli::Context& context) {
  if (config.plan || context.dry_run()) return plan(config, session, context);
  auto& ledger = require_ledger(session);
  const auto before = session.registry->aliases(session.model);
  if (!config.rollback) static_cast<void>(require_version(session));  // before anything is locked or made
  const auto ledger_lock = ledger.lock();
  const auto chain = ledger.read();
  if (chain.broken) return cli::Answer::no(broken(chain));
  const auto registry_lock = session.registry->lock(session.model);
  const auto finished = finish_interrupted(*session.registry, ledger, chain);
  if (!finished) return move_now(config, session, context, chain, before);
  if (!is_same(config, session, finished->record)) {
    return move_now(config, session, context, ledger.read(), std::nullopt);
  }
  set_results(context, alias_of(config, session), finished->record, finished->id.text(), true);
  return cli::Answer::yes();
}

}  // namespace promote_alias
