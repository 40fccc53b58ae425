// Credentials for registries, from the files that Docker, Podman, Kubernetes and Tekton write.
//
// Read, in this order: $REGISTRY_AUTH_FILE; $DOCKER_CONFIG (or ~/.docker when it is not set);
// $XDG_RUNTIME_DIR/containers/auth.json; $XDG_CONFIG_HOME/containers/auth.json; ~/.dockercfg;
// /tekton/creds/.docker. A directory may hold config.json, .dockerconfigjson or .dockercfg (a mounted pull
// secret). The longest key that is a prefix of REGISTRY/REPOSITORY wins, then the earlier file.
//
// Errors: Error{input} for a file that is malformed; one that may not be read is skipped with a warning.
// Threads: values.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oci {

struct Credential {
  std::string user;
  std::string password;
  std::string identity_token;  // exchanged for tokens at the token server
  std::string registry_token;  // shown to the registry as it is
  std::string source;          // the file and the key, for messages
};

class CredentialStore {
 public:
  static CredentialStore from_environment();
  // `text` is the content of a file named `source`.
  void add(std::string_view text, const std::string& source);
  void add_file_or_directory(const std::filesystem::path& path);

  // The credential for "REGISTRY/REPOSITORY"; missing means anonymous.
  std::optional<Credential> find(std::string_view name) const;
  // "credentials were looked for in A, B" for messages.
  std::string searched() const;

 private:
  struct Entry {
    std::string key;  // without scheme and API path: "registry.example/team"
    Credential credential;
  };

  void add_file(const std::filesystem::path& path);

  std::vector<Entry> entries_;
  std::vector<std::string> sources_;
};

}  // namespace oci
