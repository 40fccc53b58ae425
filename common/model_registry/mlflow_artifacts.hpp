// MlflowArtifacts: files behind an MLflow server, through its proxy (mlflow-artifacts: URIs).
//
// A server that hands out s3:, gs: or file: locations keeps its artifacts where only those with its own
// credentials can write: Error{precondition} with the remedy.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/file_tree.hpp"
#include "model_registry/mlflow_api.hpp"

namespace model_registry {

class MlflowArtifacts {
 public:
  explicit MlflowArtifacts(MlflowApi& api) : api_(api) {}

  // Relative paths of all files under `artifact_uri`, with their sizes.
  std::map<std::string, std::uint64_t> list(const std::string& artifact_uri);
  void upload(const std::string& artifact_uri, std::string_view path, const std::filesystem::path& file);
  // The whole file; missing when there is none of that name.
  std::optional<std::string> read(const std::string& artifact_uri, std::string_view path,
                                  std::uint64_t limit);
  void download(const std::string& artifact_uri, std::string_view path, std::uint64_t size,
                const std::filesystem::path& target);

  // Uploads what is not `there` yet, MLmodel last, so that a reader who sees it sees a whole model; then
  // compares the sizes of everything. Several writers may do it at once.
  void upload_tree(const std::string& artifact_uri, const base::FileTree& files,
                   const std::filesystem::path& directory, const std::map<std::string, std::uint64_t>& there);

 private:
  http::Url proxy_address(const std::string& artifact_uri, std::string_view path) const;
  void list_into(const std::string& artifact_uri, const std::string& folder, int depth,
                 std::map<std::string, std::uint64_t>& files);

  MlflowApi& api_;
};

}  // namespace model_registry
