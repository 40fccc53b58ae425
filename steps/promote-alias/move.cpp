#include "promote-alias/move.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "model_registry/lineage.hpp"
#include "promote-alias/lifecycle.hpp"

namespace promote_alias {
namespace {

using model_registry::ModelRegistry;

// Each call leaves things as they are when they are so already, so that all of it can be done again. The
// alias that leads comes first: whoever serves by it has a version at every instant.
void change_registry(ModelRegistry& registry, const Record& record, const base::Digest& id) {
  for (const auto& change : record.aliases) {
    if (change.to) {
      registry.set_alias(record.model, change.alias, *change.to, change.from);
    } else if (named_by(registry.aliases(record.model), change.alias) == change.from) {
      registry.delete_alias(record.model, change.alias, *change.from);
    }
  }
  for (const auto& change : record.states) {
    registry.set_tag(record.model, change.version, std::string(model_registry::state_tag), change.to);
    registry.set_tag(record.model, change.version, std::string(model_registry::record_tag), id.text());
  }
}

// Whether the first of the changes is there: only then did the interrupted run change anything.
bool has_begun(ModelRegistry& registry, const Record& record, const base::Digest& id) {
  if (!record.aliases.empty()) {
    const auto& first = record.aliases.front();
    return named_by(registry.aliases(record.model), first.alias) == first.to;
  }
  const auto version = registry.version(record.model, record.version);
  if (!version) return false;
  const auto state = version->tags.find(std::string(model_registry::state_tag));
  const auto tag = version->tags.find(std::string(model_registry::record_tag));
  return (state != version->tags.end() && state->second == record.to) ||
         (tag != version->tags.end() && tag->second == id.text());
}

}  // namespace

Made make(ModelRegistry& registry, Ledger& ledger, const Chain& chain, Record record) {
  record.sequence = static_cast<std::int64_t>(chain.records.size()) + 1;
  if (!chain.ids.empty()) record.previous = chain.ids.back();
  record.time = base::rfc3339(base::now());
  const auto line = to_line(record);
  const auto id = id_of(line);
  ledger.set_pending(line);
  change_registry(registry, record, id);
  ledger.append(line);
  ledger.clear_pending();
  return {std::move(record), id};
}

std::optional<Made> finish_interrupted(ModelRegistry& registry, Ledger& ledger, const Chain& chain) {
  const auto line = ledger.pending();
  if (!line) return std::nullopt;
  const auto id = id_of(*line);
  if (!chain.ids.empty() && chain.ids.back() == id) {
    ledger.clear_pending();
    return Made{chain.records.back(), id};
  }
  const auto record = parse_record(*line, "the pending record beside " + ledger.file().string());
  const auto last = chain.ids.empty() ? std::nullopt : std::optional(chain.ids.back());
  if (record.previous != last || !has_begun(registry, record, id)) {
    base::log_info("an earlier move was interrupted before it changed anything; it is forgotten");
    ledger.clear_pending();
    return std::nullopt;
  }
  base::log_info("finishing a move that was interrupted: " + version_text(record.version) + " to " +
                 record.to);
  change_registry(registry, record, id);
  ledger.append(*line);
  ledger.clear_pending();
  return Made{record, id};
}

}  // namespace promote_alias
