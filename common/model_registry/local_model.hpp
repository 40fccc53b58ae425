// LocalModel: the state of one model of a local registry, derived from its ledger and from nothing else.
//
// A ledger is JSON lines: "registered", "tagged", "alias-set", "alias-deleted". Nothing in it is ever
// changed.
//
// Errors: Error{input} "FILE:LINE: …" for a line that this code did not write.   Threads: values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "model_registry/model_registry.hpp"

namespace model_registry {

struct LocalVersion {
  ModelVersion version;
  std::string key;
  std::string description;
  // Of the directory of files that the registry keeps; missing when the model is only named by storage_uri.
  std::optional<base::Digest> artifacts;
  base::FileTree files;
  std::map<std::string, base::Digest> attachments;
};

struct LocalModel {
  std::map<std::int64_t, LocalVersion> versions;
  std::map<std::string, std::int64_t> aliases;

  const LocalVersion* find(std::int64_t number) const;
  const LocalVersion* with_key(const std::string& key) const;
  std::int64_t next_number() const { return versions.empty() ? 1 : versions.rbegin()->first + 1; }
};

// `where` names the ledger in messages.
LocalModel replay(const std::string& name, const std::vector<std::string>& lines, std::string_view where);

std::string registered_line(const LocalVersion& version);
std::string tagged_line(std::int64_t version, const std::string& key, const std::string& value);
std::string alias_set_line(const std::string& alias, std::int64_t version);
std::string alias_deleted_line(const std::string& alias);

}  // namespace model_registry
