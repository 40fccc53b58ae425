// The images of one name in a registry, over the distribution API 1.1, as a Repository.
//
// Existing blobs are not sent again. An upload that fails on the way starts anew, up to six times. Where the
// registry has no referrers API, the fallback tag "sha256-HEX" is read and kept.
#pragma once

#include <memory>

#include "http/transport.hpp"
#include "oci/auth.hpp"
#include "oci/credentials.hpp"
#include "oci/repository.hpp"

namespace oci {

struct RegistryAccess {
  http::Url base;  // "https://registry.example/"
  http::TlsSettings tls;
  CredentialStore credentials;
  bool for_push = false;
  http::RetryPolicy retry;
};

class RegistryRepository : public Repository {
 public:
  // Of `reference`, registry and repository count.
  RegistryRepository(const Reference& reference, RegistryAccess access);

  using Repository::put_blob;
  std::string name() const override { return name_; }
  std::optional<RawManifest> manifest(const std::string& identifier) override;
  std::optional<base::Digest> resolve(const std::string& identifier) override;
  void put_manifest(const RawManifest& manifest, const std::optional<std::string>& tag) override;
  bool has_blob(const base::Digest& digest) override;
  std::optional<std::string> blob(const Descriptor& descriptor, std::uint64_t limit) override;
  void read_blob(const Descriptor& descriptor, const http::BodySink& sink) override;
  void put_blob(const Descriptor& descriptor, const http::BodySource& source) override;
  std::vector<Descriptor> referrers(const base::Digest& subject, std::size_t most) override;
  void put_referrer(const RawManifest& manifest) override;

 private:
  http::Request request(const std::string& method, const std::string& path) const;
  http::Response send_manifest(const RawManifest& manifest, const std::string& identifier);
  // How one try to upload a blob ended: done (empty), or why another is worth it.
  std::optional<std::string> upload(const Descriptor& descriptor, const http::BodySource& source);
  http::Url start_upload();
  http::Url next_location(const http::Request& request, const http::Response& response) const;
  std::optional<std::vector<Descriptor>> referrers_by_api(const base::Digest& subject, std::size_t most);
  std::optional<Index> fallback_index(const base::Digest& subject);
  void add_to_fallback_index(const base::Digest& subject, const Descriptor& referrer);
  [[noreturn]] void fail(const http::Request& request, const http::Response& response) const;

  std::string name_;
  std::string repository_;
  RegistryAccess access_;
  std::optional<Credential> credential_;
  std::unique_ptr<http::Transport> wire_;
  std::unique_ptr<http::Transport> retrying_;
  std::unique_ptr<http::Transport> authenticating_;  // for everything that is not redirected
  std::unique_ptr<http::Transport> redirecting_;     // for what is read
};

}  // namespace oci
