#include "model_registry/local_model.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/text.hpp"

namespace model_registry {
namespace {

using base::Error;
using base::ErrorKind;
using base::Json;

constexpr int schema_version = 1;

Json event(std::string_view kind) {
  return {{"schema_version", schema_version}, {"kind", kind}, {"time", base::rfc3339(base::now())}};
}

Json files_json(const base::FileTree& files) {
  Json list = Json::array();
  for (const auto& file : files) {
    list.push_back({{"path", file.path},
                    {"size", file.size},
                    {"executable", file.executable},
                    {"digest", file.digest.text()}});
  }
  return list;
}

base::FileTree files_from(const Json& list, std::string_view where) {
  base::FileTree files;
  for (const auto& each : list) {
    files.push_back({.path = base::require_string(each, "path", where),
                     .size = static_cast<std::uint64_t>(base::require_integer(each, "size", where)),
                     .executable = base::require(each, "executable", where) == true,
                     .digest = base::Digest::parse(base::require_string(each, "digest", where))});
  }
  return files;
}

Tags texts_from(const Json& object, std::string_view where) {
  Tags texts;
  for (const auto& [key, value] : object.items()) texts[key] = base::require_string(object, key, where);
  return texts;
}

// Applies one line after the other.
class Replay {
 public:
  Replay(const std::string& name, LocalModel& model) : name_(name), model_(model) {}

  void apply(const std::string& line, const std::string& where) {
    const auto record = base::parse_json(line, where);
    if (base::require_integer(record, "schema_version", where) != schema_version) {
      throw Error(ErrorKind::input,
                  where + ": written by another version of this program; expected schema 1");
    }
    const auto kind = base::require_string(record, "kind", where);
    if (kind == "registered") return registered(record, where);
    if (kind == "tagged") {
      return static_cast<void>(known(record, where).tags[base::require_string(record, "key", where)] =
                                   base::require_string(record, "value", where));
    }
    const auto alias =
        kind == "alias-set" || kind == "alias-deleted"
            ? base::require_string(record, "alias", where)
            : throw Error(ErrorKind::input, where + ": unknown kind '" + base::printable(kind, 100) + "'");
    if (kind == "alias-set") {
      model_.aliases[alias] = known(record, where).version;
    } else {
      model_.aliases.erase(alias);
    }
  }

 private:
  ModelVersion& known(const Json& record, const std::string& where) {
    const auto number = base::require_integer(record, "version", where);
    const auto found = model_.versions.find(number);
    if (found == model_.versions.end()) {
      throw Error(ErrorKind::input,
                  where + ": there is no version " + std::to_string(number) + " before this line");
    }
    return found->second.version;
  }

  void registered(const Json& record, const std::string& where) {
    LocalVersion made;
    made.version.name = name_;
    made.version.version = base::require_integer(record, "version", where);
    if (made.version.version != model_.next_number()) {
      throw Error(ErrorKind::input, where + ": version " + std::to_string(made.version.version) + " where " +
                                        std::to_string(model_.next_number()) + " was expected");
    }
    made.version.storage_uri = base::require_string(record, "storage_uri", where);
    made.version.run_id = base::require_string(record, "run_id", where);
    made.version.tags = texts_from(base::require_object(record, "tags", where), where);
    made.version.created = base::parse_rfc3339(base::require_string(record, "time", where));
    made.key = base::require_string(record, "key", where);
    made.description = base::require_string(record, "description", where);
    if (const auto digest = base::optional_string(record, "artifacts", where)) {
      made.artifacts = base::Digest::parse(*digest);
    }
    made.files = files_from(base::require_array(record, "files", where), where);
    for (const auto& [name, digest] : texts_from(base::require_object(record, "attachments", where), where)) {
      made.attachments.emplace(name, base::Digest::parse(digest));
    }
    model_.versions.emplace(made.version.version, std::move(made));
  }

  const std::string& name_;
  LocalModel& model_;
};

}  // namespace

const LocalVersion* LocalModel::find(std::int64_t number) const {
  const auto found = versions.find(number);
  return found == versions.end() ? nullptr : &found->second;
}

const LocalVersion* LocalModel::with_key(const std::string& key) const {
  for (const auto& [number, version] : versions) {
    if (version.key == key) return &version;
  }
  return nullptr;
}

LocalModel replay(const std::string& name, const std::vector<std::string>& lines, std::string_view where) {
  LocalModel model;
  Replay steps(name, model);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto here = std::string(where) + ":" + std::to_string(i + 1);
    base::in_context("the registry's ledger", [&] { steps.apply(lines[i], here); });
  }
  for (const auto& [alias, number] : model.aliases) {
    model.versions.at(number).version.aliases.push_back(alias);
  }
  return model;
}

std::string registered_line(const LocalVersion& version) {
  Json record = event("registered");
  record["time"] = base::rfc3339(version.version.created);
  record["version"] = version.version.version;
  record["key"] = version.key;
  record["run_id"] = version.version.run_id;
  record["storage_uri"] = version.version.storage_uri;
  record["description"] = version.description;
  record["tags"] = version.version.tags;
  record["artifacts"] = version.artifacts ? Json(version.artifacts->text()) : Json(nullptr);
  record["files"] = files_json(version.files);
  record["attachments"] = Json::object();
  for (const auto& [name, digest] : version.attachments) record["attachments"][name] = digest.text();
  return base::canonical_json(record);
}

std::string tagged_line(std::int64_t version, const std::string& key, const std::string& value) {
  Json record = event("tagged");
  record["version"] = version;
  record["key"] = key;
  record["value"] = value;
  return base::canonical_json(record);
}

std::string alias_set_line(const std::string& alias, std::int64_t version) {
  Json record = event("alias-set");
  record["alias"] = alias;
  record["version"] = version;
  return base::canonical_json(record);
}

std::string alias_deleted_line(const std::string& alias) {
  Json record = event("alias-deleted");
  record["alias"] = alias;
  return base::canonical_json(record);
}

}  // namespace model_registry
