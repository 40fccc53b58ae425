// LocalRegistry: a registry that is a directory, for a laptop, a volume or a test.
//
//   models/NAME/ledger.jsonl   everything that happened, a line each
//   blobs/sha256/HEX           the bytes of models and attachments
//   artifacts/HEX/...          a model's files as a directory that can be served, linked to the blobs
//
// Safe for several writers at once, on one machine or on a file system whose flock works. A writer that is
// killed leaves blobs without a ledger line at worst, which the next run uses.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "archive/content_store.hpp"
#include "model_registry/local_model.hpp"
#include "model_registry/model_registry.hpp"

namespace model_registry {

class LocalRegistry : public ModelRegistry {
 public:
  explicit LocalRegistry(const std::filesystem::path& root);

  // "file:///srv/registry"
  std::string uri() const override;
  const std::filesystem::path& root() const { return root_; }

  std::optional<ModelVersion> version(const std::string& name, std::int64_t number) override;
  std::optional<ModelVersion> by_alias(const std::string& name, const std::string& alias) override;
  std::vector<ModelVersion> versions(const std::string& name) override;
  std::map<std::string, std::int64_t> aliases(const std::string& name) override;
  Registered register_version(const NewVersion& wanted) override;
  void set_tag(const std::string& name, std::int64_t version, const std::string& key,
               const std::string& value) override;
  void set_alias(const std::string& name, const std::string& alias, std::int64_t version,
                 std::optional<std::int64_t> expected) override;
  void delete_alias(const std::string& name, const std::string& alias, std::int64_t expected) override;
  std::unique_ptr<Lock> lock(const std::string& name) override;
  std::optional<std::string> attachment(const ModelVersion& version,
                                        const std::string& attachment_name) override;
  bool fetch_model(const ModelVersion& version, const std::filesystem::path& target) override;

 private:
  std::filesystem::path directory_of(const std::string& name) const;
  std::filesystem::path artifacts_of(const base::Digest& digest) const;
  LocalModel read(const std::string& name) const;
  // The version as a caller sees it, with its addresses.
  ModelVersion shown(const LocalVersion& version) const;
  LocalVersion store(const NewVersion& wanted);
  void publish_artifacts(const base::FileTree& files, const base::Digest& digest);

  std::filesystem::path root_;
  archive::ContentStore blobs_;
};

}  // namespace model_registry
