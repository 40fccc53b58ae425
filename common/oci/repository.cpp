#include "oci/repository.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "http/errors.hpp"
#include "http/proxy.hpp"
#include "oci/content.hpp"
#include "oci/layout.hpp"
#include "oci/registry.hpp"

namespace oci {
namespace {

using base::Error;

http::Url base_url(const std::string& registry, const std::string& scheme) {
  return http::Url::parse(scheme + "://" + (registry == "docker.io" ? "registry-1.docker.io" : registry) +
                          "/");
}

http::Limits probe_limits() {
  http::Limits limits;
  limits.connect = std::chrono::seconds(5);
  limits.idle = std::chrono::seconds(10);
  return limits;
}

int probe(const http::Url& base, const http::TlsSettings& tls) {
  http::Request request;
  request.url = base;
  request.url.target = "/v2/";
  return http::make_transport(tls)->send(request, probe_limits()).status;
}

// A registry on this machine is most often without TLS: https is tried first, and http only where that fails.
// A server of https answers 400 to plain http; then the first failure is the one to tell.
http::Url loopback_base(const std::string& registry, const http::TlsSettings& tls) {
  auto secure = base_url(registry, "https");
  auto plain = base_url(registry, "http");
  try {
    probe(secure, tls);
    return secure;
  } catch (const Error& failure) {
    if (failure.kind() == base::ErrorKind::cancelled || failure.kind() == base::ErrorKind::deadline) throw;
    if (probe(plain, tls) == 400) throw;
    return plain;
  }
}

http::Url find_base(const std::string& registry, const OpenOptions& options, const http::TlsSettings& tls) {
  const auto& plain = options.plain_http;
  if (std::find(plain.begin(), plain.end(), registry) != plain.end()) return base_url(registry, "http");
  const auto secure = base_url(registry, "https");
  return http::is_loopback(secure.host) ? loopback_base(registry, tls) : secure;
}

}  // namespace

void Repository::put_blob(const Descriptor& descriptor, const std::string& bytes) {
  put_blob(descriptor, bytes_source(bytes));
}

std::unique_ptr<Repository> open_repository(const Location& location, const OpenOptions& options) {
  if (location.layout_directory)
    return std::make_unique<LayoutRepository>(*location.layout_directory,
                                              options.for_push ? LayoutUse::write : LayoutUse::read);
  if (!location.reference) throw Error(base::ErrorKind::internal, "open_repository: an empty location");
  RegistryAccess access;
  if (options.ca_file) access.tls.ca_file = *options.ca_file;
  access.base = find_base(location.reference->registry, options, access.tls);
  access.credentials = CredentialStore::from_environment();
  access.for_push = options.for_push;
  return std::make_unique<RegistryRepository>(*location.reference, std::move(access));
}

}  // namespace oci
