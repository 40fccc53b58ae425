#include "oci/credentials.hpp"

#include <unistd.h>

#include <cstdlib>

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/files.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace oci {
namespace {

using base::Json;
namespace fs = std::filesystem;

constexpr std::size_t most_bytes = std::size_t{1} << 20U;

std::optional<fs::path> environment_path(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return fs::path(value);
}

void remove_suffix(std::string& text, std::string_view suffix) {
  if (text.size() > suffix.size() && text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0)
    text.resize(text.size() - suffix.size());
}

// "https://index.docker.io/v1/" is docker.io; Tekton keeps the scheme in its keys.
std::string normal_key(std::string key) {
  for (const std::string_view scheme : {"https://", "http://"})
    if (key.rfind(scheme, 0) == 0) key.erase(0, scheme.size());
  remove_suffix(key, "/");
  remove_suffix(key, "/v1");
  remove_suffix(key, "/v2");
  const auto slash = key.find('/');
  auto host = base::to_lower(key.substr(0, slash));
  if (host == "index.docker.io" || host == "registry-1.docker.io") host = "docker.io";
  return host + (slash == std::string::npos ? "" : key.substr(slash));
}

// "USER:PASSWORD" in base64; some tools leave a NUL or a line feed at the end.
void take_auth(const std::string& auth, const std::string& source, Credential& credential) {
  auto text = base::in_context(source, [&] { return base::from_base64(base::trim(auth)); });
  while (!text.empty() && (text.back() == '\0' || text.back() == '\n' || text.back() == '\r'))
    text.pop_back();
  const auto colon = text.find(':');
  if (colon == std::string::npos)
    throw base::Error(base::ErrorKind::input, source + ": 'auth' is not USER:PASSWORD in base64");
  credential.user = text.substr(0, colon);
  credential.password = text.substr(colon + 1);
}

Credential parse_entry(const Json& entry, const std::string& source) {
  if (!entry.is_object()) throw base::Error(base::ErrorKind::input, source + ": expected an object");
  Credential credential;
  credential.source = source;
  const auto text = [&](const char* key) { return base::optional_string(entry, key, source).value_or(""); };
  if (const auto auth = text("auth"); !auth.empty()) take_auth(auth, source, credential);
  if (const auto user = text("username"); !user.empty()) {
    credential.user = user;
    credential.password = text("password");
  }
  credential.identity_token = text("identitytoken");
  credential.registry_token = text("registrytoken");
  if (credential.user == "<token>") credential.identity_token = credential.password;
  for (const auto& secret : {credential.password, credential.identity_token, credential.registry_token})
    base::add_secret(secret);
  return credential;
}

bool is_empty(const Credential& credential) {
  return credential.user.empty() && credential.identity_token.empty() && credential.registry_token.empty();
}

bool is_prefix(const std::string& key, std::string_view name) {
  return name.substr(0, key.size()) == key && (name.size() == key.size() || name[key.size()] == '/');
}

}  // namespace

CredentialStore CredentialStore::from_environment() {
  CredentialStore store;
  const auto add = [&](const std::optional<fs::path>& path, const char* below) {
    if (path) store.add_file_or_directory(*below == '\0' ? *path : *path / below);
  };
  const auto home = environment_path("HOME");
  const auto docker = environment_path("DOCKER_CONFIG");
  const auto settings = environment_path("XDG_CONFIG_HOME");
  add(environment_path("REGISTRY_AUTH_FILE"), "");
  if (docker) {
    add(docker, "");
  } else {
    add(home, ".docker");
  }
  add(environment_path("XDG_RUNTIME_DIR"), "containers/auth.json");
  add(settings ? settings : home, settings ? "containers/auth.json" : ".config/containers/auth.json");
  add(home, ".dockercfg");
  store.add_file_or_directory("/tekton/creds/.docker");
  return store;
}

void CredentialStore::add_file_or_directory(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) return add_file(path);
  for (const char* name : {"config.json", ".dockerconfigjson", ".dockercfg"}) add_file(path / name);
}

void CredentialStore::add_file(const fs::path& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return;
  if (::access(path.c_str(), R_OK) != 0) {
    base::log_warning(path.string() + ": may not be read, so its credentials are not used");
    sources_.push_back(path.string() + " (unreadable)");
    return;
  }
  add(base::read_file(path, most_bytes), path.string());
}

void CredentialStore::add(std::string_view text, const std::string& source) {
  sources_.push_back(source);
  const auto document = base::parse_json(text, source, {most_bytes, 32});
  if (!document.is_object()) throw base::Error(base::ErrorKind::input, source + ": expected an object");
  const bool has_helpers = document.contains("credHelpers") || document.contains("credsStore");
  // A .dockercfg is the map of entries itself.
  const bool is_old =
      !document.contains("auths") && !has_helpers && fs::path(source).filename() == ".dockercfg";
  if (has_helpers) sources_.back() += " (its credential helpers are not used)";
  const auto found = document.find("auths");
  if (!is_old && (found == document.end() || found->is_null())) return;
  const auto& entries = is_old ? document : *found;
  if (!entries.is_object()) throw base::Error(base::ErrorKind::input, source + ": 'auths' is not an object");
  for (const auto& [key, value] : entries.items()) {
    auto credential = parse_entry(value, source + ", key '" + base::printable(key, 200) + "'");
    if (!is_empty(credential)) entries_.push_back({normal_key(key), std::move(credential)});
  }
}

std::optional<Credential> CredentialStore::find(std::string_view name) const {
  const Entry* best = nullptr;
  for (const auto& entry : entries_)
    if (is_prefix(entry.key, name) && (best == nullptr || entry.key.size() > best->key.size())) best = &entry;
  if (best == nullptr) return std::nullopt;
  return best->credential;
}

std::string CredentialStore::searched() const {
  if (sources_.empty()) return "there is no file with credentials (see $DOCKER_CONFIG)";
  return "credentials were looked for in " + base::join(sources_, ", ");
}

}  // namespace oci
