#include "oci/registry.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "http/errors.hpp"
#include "oci/content.hpp"

namespace oci {
namespace {

using base::Error;
using base::ErrorKind;

// All that a name may stand for. Schema 1 is named so that the message can say it is too old; without the
// header, old registries answer with it.
constexpr const char* accepted_manifests =
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.docker.distribution.manifest.v2+json, "
    "application/vnd.docker.distribution.manifest.v1+prettyjws, "
    "application/vnd.docker.distribution.manifest.v1+json";

http::Limits limits_for(std::uint64_t most_bytes) {
  http::Limits limits;
  limits.idle = std::chrono::seconds(60);
  limits.max_body = most_bytes;
  return limits;
}

std::string media_type_of(const http::Response& response) {
  const auto header = response.headers.get("Content-Type").value_or("");
  return base::to_lower(base::trim(header.substr(0, header.find(';'))));
}

bool is_digest(const std::string& identifier) {
  return identifier.find(':') != std::string::npos;
}

void refuse_schema1(const std::string& media_type, const std::string& what) {
  if (media_type.rfind("application/vnd.docker.distribution.manifest.v1", 0) == 0)
    throw Error(ErrorKind::input, what +
                                      " is of Docker's schema 1, which is no longer supported; push the "
                                      "image again with a newer tool");
}

}  // namespace

RegistryRepository::RegistryRepository(const Reference& reference, RegistryAccess access)
    : name_(reference.name()),
      repository_(reference.repository),
      access_(std::move(access)),
      credential_(access_.credentials.find(name_)),
      wire_(http::make_transport(access_.tls)),
      retrying_(http::make_retrying(*wire_, access_.retry)),
      authenticating_(std::make_unique<Authenticating>(
          *retrying_, AuthSettings{access_.base,
                                   "repository:" + repository_ + (access_.for_push ? ":pull,push" : ":pull"),
                                   credential_})),
      redirecting_(http::make_redirecting(*authenticating_)) {}

http::Request RegistryRepository::request(const std::string& method, const std::string& path) const {
  http::Request made;
  made.method = method;
  made.url = access_.base;
  made.url.target = "/v2/" + repository_ + path;
  return made;
}

void RegistryRepository::fail(const http::Request& request, const http::Response& response) const {
  if (response.status != 401 && response.status != 403) http::throw_http_error(request, response);
  const auto hint = credential_ ? "the credentials of " + credential_->source + " were used"
                                : "no credentials for " + name_ + ": " + access_.credentials.searched();
  base::in_context(hint, [&] { http::throw_http_error(request, response); });
  throw Error(ErrorKind::internal, "unreachable");
}

std::optional<RawManifest> RegistryRepository::manifest(const std::string& identifier) {
  auto get = request("GET", "/manifests/" + identifier);
  get.headers.set("Accept", accepted_manifests);
  auto response = redirecting_->send(get, limits_for(most_manifest_bytes));
  if (response.status == 404) return std::nullopt;
  if (!response.ok()) fail(get, response);
  const auto what = name_ + (is_digest(identifier) ? "@" : ":") + identifier;
  auto media_type = media_type_of(response);
  refuse_schema1(media_type, what);
  const auto digest = crypto::sha256(response.body);
  if (is_digest(identifier)) check_content(base::Digest::parse(identifier), response.body, what);
  return RawManifest{std::move(response.body), std::move(media_type),
                     is_digest(identifier) ? base::Digest::parse(identifier) : digest};
}

std::optional<base::Digest> RegistryRepository::resolve(const std::string& identifier) {
  auto head = request("HEAD", "/manifests/" + identifier);
  head.headers.set("Accept", accepted_manifests);
  const auto response = redirecting_->send(head, limits_for(most_manifest_bytes));
  const auto header = response.headers.get("Docker-Content-Digest");
  if (response.ok() && header && base::trim(*header).substr(0, 7) == "sha256:") {
    refuse_schema1(media_type_of(response), name_ + ":" + identifier);
    const auto digest = base::in_context(http::describe(head) + ": Docker-Content-Digest",
                                         [&] { return base::Digest::parse(base::trim(*header)); });
    if (is_digest(identifier) && digest.text() != identifier)
      throw Error(ErrorKind::input, http::describe(head) + ": answered with the digest " + digest.text());
    return digest;
  }
  // No digest, or a registry that knows no HEAD: the manifest itself tells. It tells more about a refusal,
  // too.
  const auto raw = manifest(identifier);
  if (!raw) return std::nullopt;
  return raw->digest;
}

http::Response RegistryRepository::send_manifest(const RawManifest& manifest, const std::string& identifier) {
  auto put = request("PUT", "/manifests/" + identifier);
  put.headers.set("Content-Type", manifest.media_type);
  put.body = manifest.bytes;
  auto response = authenticating_->send(put, limits_for(most_manifest_bytes));
  if (!response.ok()) fail(put, response);
  const auto stored = response.headers.get("Docker-Content-Digest");
  if (stored && base::trim(*stored) != manifest.digest.text())
    throw Error(ErrorKind::input, http::describe(put) + ": the registry stored another manifest: expected " +
                                      manifest.digest.text() + ", received " + base::printable(*stored, 200));
  return response;
}

void RegistryRepository::put_manifest(const RawManifest& manifest, const std::optional<std::string>& tag) {
  send_manifest(manifest, tag.value_or(manifest.digest.text()));
  base::log_info("pushed " + name_ + (tag ? ":" + *tag : "") + "@" + manifest.digest.text());
}

bool RegistryRepository::has_blob(const base::Digest& digest) {
  const auto head = request("HEAD", "/blobs/" + digest.text());
  const auto response = authenticating_->send(head, limits_for(65536));
  // A redirect leads to where the blob is, often by an address that is good for GET only.
  if (response.ok() || (response.status >= 300 && response.status < 400)) return true;
  if (response.status == 404 || response.status == 405) return false;
  fail(head, response);
}

std::optional<std::string> RegistryRepository::blob(const Descriptor& descriptor, std::uint64_t limit) {
  if (descriptor.size > limit)
    throw Error(ErrorKind::input, "blob " + descriptor.digest.text() + " has " +
                                      std::to_string(descriptor.size) + " bytes where at most " +
                                      std::to_string(limit) + " are expected");
  const auto get = request("GET", "/blobs/" + descriptor.digest.text());
  auto response = redirecting_->send(get, limits_for(limit));
  if (response.status == 404) return std::nullopt;
  if (!response.ok()) fail(get, response);
  check_content(descriptor.digest, response.body, http::describe(get));
  return std::move(response.body);
}

void RegistryRepository::read_blob(const Descriptor& descriptor, const http::BodySink& sink) {
  auto get = request("GET", "/blobs/" + descriptor.digest.text());
  ContentCheck check(descriptor);
  get.sink = http::BodySink{[&] {
                              check.restart();
                              sink.restart();
                            },
                            [&](std::string_view bytes) {
                              check.update(bytes);
                              sink.write(bytes);
                            }};
  const auto response = redirecting_->send(get, limits_for(descriptor.size));
  if (!response.ok()) fail(get, response);
  base::in_context(http::describe(get), [&] { check.finish(); });
}

}  // namespace oci
