// ModelRegistry: named models, their versions, tags and aliases, behind one interface for every kind of
// registry.
//
// Not found is an answer. Errors: Error{precondition} for refused credentials, conflicts and lost races,
// Error{unavailable} after retries, Error{input} for a malformed answer or registry file.
// Threads: an object belongs to one thread; several processes may work on one registry.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/file_tree.hpp"

namespace model_registry {

using Tags = std::map<std::string, std::string>;

struct ModelVersion {
  std::string name;
  std::int64_t version = 0;
  std::string source;       // where the registry keeps the artifacts, in its own words
  std::string storage_uri;  // what KServe can fetch; empty when there is nothing of the kind
  std::string run_id;
  Tags tags;
  std::vector<std::string> aliases;
  base::Time created{};

  // "models:/name/3"
  std::string uri() const { return "models:/" + name + "/" + std::to_string(version); }
};

// A file that is stored beside the model: a report, a signature bundle, a training record.
struct Attachment {
  std::string name;  // "gate-report.json"
  std::filesystem::path path;
};

struct NewVersion {
  std::string name;
  std::string key;  // the same key is the same version, however often it is registered
  std::filesystem::path model_directory;
  base::FileTree model;     // what is in it, hashed by the caller
  std::string storage_uri;  // where the model is already; the registry then makes no copy
  std::string run_id;
  std::string description;
  Tags tags;
  std::vector<Attachment> attachments;
};

struct Registered {
  ModelVersion version;
  bool created;  // false: it was there already
};

// A model is held by one writer at a time where the registry can do that; freed when destroyed.
class Lock {
 public:
  Lock() = default;
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  virtual ~Lock() = default;
};

class ModelRegistry {
 public:
  ModelRegistry() = default;
  ModelRegistry(const ModelRegistry&) = delete;
  ModelRegistry& operator=(const ModelRegistry&) = delete;
  virtual ~ModelRegistry() = default;

  virtual std::string uri() const = 0;

  virtual std::optional<ModelVersion> version(const std::string& name, std::int64_t number) = 0;
  virtual std::optional<ModelVersion> by_alias(const std::string& name, const std::string& alias) = 0;
  // In the order of their numbers; empty when there is no such model.
  virtual std::vector<ModelVersion> versions(const std::string& name) = 0;
  virtual std::map<std::string, std::int64_t> aliases(const std::string& name) = 0;

  virtual Registered register_version(const NewVersion& wanted) = 0;

  virtual void set_tag(const std::string& name, std::int64_t version, const std::string& key,
                       const std::string& value) = 0;
  // Moves `alias` to `version` if it names `expected` now (missing: nobody); reads it back.
  // Error{precondition} naming both versions when it was moved in the meantime.
  virtual void set_alias(const std::string& name, const std::string& alias, std::int64_t version,
                         std::optional<std::int64_t> expected) = 0;
  virtual void delete_alias(const std::string& name, const std::string& alias, std::int64_t expected) = 0;
  virtual std::unique_ptr<Lock> lock(const std::string& name) = 0;

  // The content of an attachment (Attachment::name); missing when the version has none of that name.
  virtual std::optional<std::string> attachment(const ModelVersion& version,
                                                const std::string& attachment_name) = 0;
  // Copies the version's files into the directory `target`, each checked against what the registry says of
  // it. False when the registry has no copy of its own: the model is only named by its storage_uri.
  virtual bool fetch_model(const ModelVersion& version, const std::filesystem::path& target) = 0;
};

// "models:/NAME/3", "models:/NAME@champion"
struct ModelUri {
  std::string name;
  std::optional<std::int64_t> version;
  std::optional<std::string> alias;

  static ModelUri parse(std::string_view text);
  std::string text() const;
};
// Error{input} for a name that not every registry takes: letters, digits, "_", "-", "." and single spaces, at
// most 200 bytes. An alias has no "." or space, and is not "latest" or "v" and a number, which MLflow
// reserves.
void check_model_name(std::string_view name);
void check_alias(std::string_view alias);

// A name that was checked, as a value of an option.
struct ModelName {
  std::string value;
  static ModelName parse(std::string_view text);
  const std::string& text() const { return value; }
};

// Missing when there is no such version or alias.
std::optional<ModelVersion> resolve(ModelRegistry& registry, const ModelUri& uri);

// The tag that bears NewVersion::key, and the one for its storage_uri where a registry has no field for it.
inline constexpr std::string_view key_tag = "mlsteps.key";
inline constexpr std::string_view storage_uri_tag = "mlsteps.storage-uri";

// `uri` is a directory (a path or file://), or the address of an MLflow server (http:// or https://).
std::unique_ptr<ModelRegistry> open_registry(const std::string& uri);

}  // namespace model_registry
