#include "promote-alias/record.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"

namespace promote_alias {
namespace {

using base::Error;
using base::ErrorKind;
using base::Json;

Json number_or_null(std::optional<std::int64_t> number) {
  return number ? Json(*number) : Json(nullptr);
}

std::optional<std::int64_t> optional_version(const Json& object, std::string_view key,
                                             std::string_view where) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return std::nullopt;
  return base::require_integer(object, key, where);
}

Json aliases_json(const std::vector<AliasChange>& changes) {
  Json list = Json::array();
  for (const auto& each : changes) {
    list.push_back(
        {{"alias", each.alias}, {"from", number_or_null(each.from)}, {"to", number_or_null(each.to)}});
  }
  return list;
}

Json states_json(const std::vector<StateChange>& changes) {
  Json list = Json::array();
  for (const auto& each : changes) {
    list.push_back({{"version", each.version}, {"from", each.from}, {"to", each.to}});
  }
  return list;
}

MoveKind kind_from(const std::string& text, std::string_view where) {
  if (text == "promote") return MoveKind::promote;
  if (text == "rollback") return MoveKind::rollback;
  throw Error(ErrorKind::input, std::string(where) + ": kind '" + base::printable(text, 100) +
                                    "'; expected promote or rollback");
}

void read_changes(const Json& object, Record& record, std::string_view where) {
  for (const auto& each : base::require_array(object, "aliases", where)) {
    record.aliases.push_back({base::require_string(each, "alias", where),
                              optional_version(each, "from", where), optional_version(each, "to", where)});
  }
  for (const auto& each : base::require_array(object, "states", where)) {
    record.states.push_back({base::require_integer(each, "version", where),
                             base::require_string(each, "from", where),
                             base::require_string(each, "to", where)});
  }
}

}  // namespace

std::string to_line(const Record& record) {
  return base::canonical_json({{"schema_version", 1},
                               {"sequence", record.sequence},
                               {"previous", record.previous ? Json(record.previous->text()) : Json(nullptr)},
                               {"time", record.time},
                               {"actor", record.actor},
                               {"reason", record.reason},
                               {"registry", record.registry},
                               {"model", record.model},
                               {"kind", record.kind == MoveKind::promote ? "promote" : "rollback"},
                               {"version", record.version},
                               {"model_digest", record.model_digest},
                               {"from", record.from},
                               {"to", record.to},
                               {"replaced", number_or_null(record.replaced)},
                               {"expected", number_or_null(record.expected)},
                               {"aliases", aliases_json(record.aliases)},
                               {"states", states_json(record.states)},
                               {"evidence", record.evidence},
                               {"policy", record.policy_digest}});
}

Record parse_record(const std::string& line, std::string_view where) {
  const auto object = base::parse_json(line, where);
  if (base::require_integer(object, "schema_version", where) != 1) {
    throw Error(ErrorKind::input, std::string(where) + ": a record of another schema; expected schema 1");
  }
  Record record;
  record.sequence = base::require_integer(object, "sequence", where);
  if (const auto previous = base::optional_string(object, "previous", where)) {
    record.previous = base::Digest::parse(*previous);
  }
  record.time = base::require_string(object, "time", where);
  record.actor = base::require_string(object, "actor", where);
  record.reason = base::require_string(object, "reason", where);
  record.registry = base::require_string(object, "registry", where);
  record.model = base::require_string(object, "model", where);
  record.kind = kind_from(base::require_string(object, "kind", where), where);
  record.version = base::require_integer(object, "version", where);
  record.model_digest = base::require_string(object, "model_digest", where);
  record.from = base::require_string(object, "from", where);
  record.to = base::require_string(object, "to", where);
  record.replaced = optional_version(object, "replaced", where);
  record.expected = optional_version(object, "expected", where);
  read_changes(object, record, where);
  record.evidence = base::require_object(object, "evidence", where);
  record.policy_digest = base::require_string(object, "policy", where);
  return record;
}

base::Digest id_of(const std::string& line) {
  return crypto::sha256(line);
}

}  // namespace promote_alias
