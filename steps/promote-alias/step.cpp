#include "promote-alias/step.hpp"

#include "base/error.hpp"
#include "promote-alias/commands.hpp"
#include "promote-alias/policy.hpp"
#include "promote-alias/session.hpp"

namespace promote_alias {
namespace {

using base::Error;
using base::ErrorKind;

// Exactly one thing is done at a time.
void check_command(const Config& config) {
  const int commands = int{config.to.has_value()} + int{config.rollback} + int{config.status} +
                       int{config.history} + int{config.verify_ledger} + int{config.print_policy};
  if (commands != 1) {
    throw Error(
        ErrorKind::usage,
        "give exactly one of --to, --rollback, --status, --history, --verify-ledger and --print-policy");
  }
  if (config.plan && !config.to && !config.rollback) {
    throw Error(ErrorKind::usage, "--plan goes with --to or --rollback");
  }
  if (config.to_version && !config.rollback) {
    throw Error(ErrorKind::usage, "--to-version goes with --rollback; for a promotion give --model-version");
  }
  if (config.rollback && (config.model_version || config.model_uri)) {
    throw Error(ErrorKind::usage,
                "--rollback finds its version in the ledger; name another one with --to-version");
  }
}

}  // namespace

const cli::Step<Config> step{
    .name = "promote-alias",
    .summary = "Move a model's alias as a deliberate, audited, reversible act.",
    .description =
        "A version is registered, challenger, shadow, champion or archived. The policy says who may go where "
        "and what each move needs; --print-policy prints the one that holds when none is given.\n\n"
        "Evidence is read from the registry and computed again: the gate report's verdict and its model, the "
        "model's signature over the files that the registry keeps, approvals with their expiry.\n\n"
        "A move is one record in the ledger, which is a chain of digests. Moves of one model are made one "
        "after "
        "the other; an alias that moved in the meantime is a lost race (exit 4). A move that was interrupted "
        "is "
        "finished, or forgotten if it had changed nothing, by the next one.\n\n"
        "A directory registry keeps its ledger in promotions/; for an MLflow server name a directory with "
        "--ledger.",
    .sections =
        {{"Model",
          {cli::option("registry", &Config::registry, "URI",
                       "Model registry: a directory, file:///DIRECTORY, or the address of an MLflow server."),
           cli::option("name", &Config::name, "NAME", "Name of the registered model."),
           cli::option("model-version", &Config::model_version, "N", "Version to move."),
           cli::option("model-uri", &Config::model_uri, "URI",
                       "Version to move, as models:/NAME/N or models:/NAME@ALIAS.")}},
         {"Command",
          {cli::option(
               "to", &Config::to, "STATE",
               "Moves the version to this state: challenger, shadow, champion, archived, or another one "
               "of the policy."),
           cli::option(
               "rollback", &Config::rollback, "",
               "Gives the serving alias back to the version that had it before, by the ledger. Repeated, "
               "it goes back once."),
           cli::option("to-version", &Config::to_version, "N",
                       "Version to roll back to; it must have served before."),
           cli::option("plan", &Config::plan, "", "Changes nothing; prints what the move would do."),
           cli::option("status", &Config::status, "", "Prints all versions and where they stand."),
           cli::option("history", &Config::history, "", "Prints the moves in the ledger."),
           cli::option(
               "verify-ledger", &Config::verify_ledger, "",
               "Checks the chain and compares it with the registry; the answer is no when they differ."),
           cli::option("print-policy", &Config::print_policy, "", "Prints the built-in policy as YAML."),
           cli::option("format", &Config::format, "FORMAT", "Form of --status and --history.")}},
         {"Safety",
          {cli::option("policy", &Config::policy, "FILE", "Policy (YAML) instead of the built-in one."),
           cli::option(
               "expect-version", &Config::expect_version, "N",
               "Version that the alias must name now, or 0 for none; otherwise the move is a lost race."),
           cli::option("approval", &Config::approval, "FILE",
                       "Approval of this move (YAML or JSON: approver, model, version, model_digest, to, "
                       "expires). Its signature is read from FILE.sigstore.json. May be repeated."),
           cli::option(
               "key", &Config::key, "FILE",
               "Public key that is trusted for signatures of models and approvals. May be repeated.")}},
         {"Audit",
          {cli::option("ledger", &Config::ledger, "DIR", "Directory of the ledger."),
           cli::option("reason", &Config::reason, "TEXT", "Why, for the ledger."),
           cli::option(
               "actor", &Config::actor, "WHO",
               "Who, for the ledger; by default MLSTEPS_ACTOR, GITHUB_ACTOR, GITLAB_USER_LOGIN or the "
               "user's name.")}}},
    .results = {{"version", "Version that was moved; for commands that only look, the one that serves."},
                {"previous-version", "Version that had the alias before; empty if none."},
                {"alias", "The alias; empty for a state that is none."},
                {"changed", "true when this run moved it."},
                {"ledger-record", "Digest of the move's record in the ledger."},
                {"model-uri", "The version as models:/NAME/N."}},
    .examples = {{"Make version 3 the champion if version 2 still is.",
                  "promote-alias --registry /srv/registry --name diabetes --model-version 3 \\\n"
                  "  --to champion --expect-version 2 --reason 'passed its week as shadow'"},
                 {"Look first.",
                  "promote-alias --registry /srv/registry --name diabetes --model-version 3 \\\n"
                  "  --to champion --plan"},
                 {"Back to the champion before.",
                  "promote-alias --registry /srv/registry --name diabetes --rollback --reason 'latency'"}},
    .traits = {.gate = true}};

cli::Answer run(const Config& config, cli::Context& context) {
  check_command(config);
  if (config.print_policy) {
    context.print(default_policy_text());
    return cli::Answer::yes();
  }
  auto session = open_session(config);
  if (config.status) return show_status(config, session, context);
  if (config.history) return show_history(config, session, context);
  if (config.verify_ledger) return verify_ledger(session, context);
  return move(config, session, context);
}

}  // namespace promote_alias
