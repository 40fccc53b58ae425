// Record: one move, as it stands in the ledger.
//
// A record is one line of canonical JSON. It names the digest of the line before it, so that no line can be
// changed, left out or put in between without breaking the chain behind it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "base/json.hpp"

namespace promote_alias {

// What an alias named before and names after; missing: nothing.
struct AliasChange {
  std::string alias;
  std::optional<std::int64_t> from;
  std::optional<std::int64_t> to;
};

struct StateChange {
  std::int64_t version = 0;
  std::string from;
  std::string to;
};

enum class MoveKind { promote, rollback };

struct Record {
  std::int64_t sequence = 0;             // from 1
  std::optional<base::Digest> previous;  // missing in the first
  std::string time;
  std::string actor;
  std::string reason;
  std::string registry;
  std::string model;
  MoveKind kind = MoveKind::promote;
  std::int64_t version = 0;  // that is moved
  std::string model_digest;
  std::string from;
  std::string to;
  std::optional<std::int64_t> replaced;  // the version that had the alias before
  std::optional<std::int64_t> expected;  // --expect-version
  std::vector<AliasChange> aliases;      // in the order in which they are done
  std::vector<StateChange> states;
  base::Json evidence = base::Json::object();
  std::string policy_digest;
};

std::string to_line(const Record& record);
// Error{input} "WHERE: …".
Record parse_record(const std::string& line, std::string_view where);
// By which the next record, the registry's tags and the result ledger-record name it.
base::Digest id_of(const std::string& line);

}  // namespace promote_alias
