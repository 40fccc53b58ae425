#include <algorithm>

#include "base/json.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "model_registry/lineage.hpp"
#include "promote-alias/commands.hpp"
#include "promote-alias/lifecycle.hpp"

namespace promote_alias {
namespace {

using model_registry::ModelVersion;

std::string tag(const ModelVersion& version, std::string_view key) {
  const auto found = version.tags.find(std::string(key));
  return found == version.tags.end() ? "" : found->second;
}

using Rows = std::vector<std::vector<std::string>>;

// Columns as wide as their widest cell; the first row is the head.
std::string table(const Rows& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string number_or_dash(std::optional<std::int64_t> number) {
  return number ? std::to_string(*number) : "-";
}

std::string kind_text(const Record& record) {
  return record.kind == MoveKind::rollback ? "rollback" : "promote";
}

// The serving version is what a pipeline wants to know.
void set_results(const Session& session, const Aliases& aliases, cli::Context& context) {
  context.results.set("alias", session.policy.serving);
  context.results.set("changed", "false");
  const auto serving = named_by(aliases, session.policy.serving);
  if (!serving) return;
  context.results.set("version", std::to_string(*serving));
  context.results.set("model-uri", "models:/" + session.model + "/" + std::to_string(*serving));
}

// What the registry says otherwise than the ledger.
std::vector<std::string> drift(const Session& session, const Chain& chain) {
  std::vector<std::string> found;
  const auto aliases = session.registry->aliases(session.model);
  auto by_ledger = chain.aliases();
  for (const auto& alias : session.policy.aliases) by_ledger.emplace(alias, std::nullopt);
  for (const auto& [alias, version] : by_ledger) {
    const auto now = named_by(aliases, alias);
    if (now == version) continue;
    found.push_back(alias + " is " + version_text(now) + " in the registry and " + version_text(version) +
                    " by the ledger");
  }
  for (const auto& version : session.registry->versions(session.model)) {
    const auto record = tag(version, model_registry::record_tag);
    const bool known = std::any_of(chain.ids.begin(), chain.ids.end(),
                                   [&](const base::Digest& id) { return id.text() == record; });
    if (record.empty() || known) continue;
    found.push_back(version.uri() + " bears the mark of record " + base::printable(record, 100) +
                    ", which the ledger does not have");
  }
  return found;
}

}  // namespace

cli::Answer show_status(const Config& config, Session& session, cli::Context& context) {
  const auto aliases = session.registry->aliases(session.model);
  const auto versions = session.registry->versions(session.model);
  set_results(session, aliases, context);
  if (session.ledger && session.ledger->pending()) {
    base::log_warning("a move was interrupted; the next one finishes or forgets it");
  }
  base::Json list = base::Json::array();
  Rows rows{{"VERSION", "STATE", "GATE", "CREATED", "MODEL"}};
  for (const auto& version : versions) {
    const auto state = state_of(session.policy, aliases, version);
    const auto verdict = tag(version, model_registry::gate_verdict_tag);
    const auto digest = tag(version, model_registry::model_digest_tag);
    list.push_back({{"version", version.version},
                    {"state", state},
                    {"aliases", version.aliases},
                    {"gate", verdict},
                    {"created", base::rfc3339(version.created)},
                    {"model_digest", digest}});
    rows.push_back({std::to_string(version.version), state,
                    verdict.empty() ? "-" : base::printable(verdict, 20), base::rfc3339(version.created),
                    base::printable(digest, 19)});
  }
  if (config.format == Format::json) {
    context.print(base::Json({{"model", session.model}, {"aliases", aliases}, {"versions", list}}).dump(2) +
                  "\n");
  } else {
    context.print(table(rows));
  }
  return cli::Answer::yes();
}

cli::Answer show_history(const Config& config, Session& session, cli::Context& context) {
  const auto chain = require_ledger(session).read();
  set_results(session, session.registry->aliases(session.model), context);
  base::Json list = base::Json::array();
  Rows rows{{"RECORD", "TIME", "ACTOR", "MOVE", "VERSION", "FROM", "TO", "REPLACED", "REASON"}};
  for (std::size_t i = 0; i < chain.records.size(); ++i) {
    const auto& record = chain.records[i];
    auto object = base::parse_json(to_line(record), "the record");
    object["id"] = chain.ids[i].text();
    list.push_back(std::move(object));
    rows.push_back({std::to_string(record.sequence), record.time, base::printable(record.actor, 40),
                    kind_text(record), std::to_string(record.version), record.from, record.to,
                    number_or_dash(record.replaced), base::printable(record.reason, 60)});
  }
  context.print(config.format == Format::json ? list.dump(2) + "\n" : table(rows));
  if (chain.broken) return cli::Answer::no("the ledger was changed: " + *chain.broken);
  return cli::Answer::yes();
}

cli::Answer verify_ledger(Session& session, cli::Context& context) {
  const auto& ledger = require_ledger(session);
  const auto lock = ledger.lock();
  const auto chain = ledger.read();
  set_results(session, session.registry->aliases(session.model), context);
  if (!chain.ids.empty()) context.results.set("ledger-record", chain.ids.back().text());
  if (chain.broken) return cli::Answer::no("the ledger was changed: " + *chain.broken);
  const auto differences = drift(session, chain);
  if (!differences.empty()) {
    const bool interrupted = ledger.pending().has_value();
    return cli::Answer::no("ledger and registry differ: " + base::join(differences, "; ") +
                           (interrupted ? "; a move was interrupted: run it again to finish it" : ""));
  }
  base::log_info("the ledger's " + std::to_string(chain.records.size()) +
                 " records are a whole chain and agree with the registry");
  return cli::Answer::yes();
}

}  // namespace promote_alias
