// Referrers (distribution-spec 1.1, "Listing referrers" and "Referrers tag schema").
#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "http/errors.hpp"
#include "oci/content.hpp"
#include "oci/registry.hpp"

namespace oci {
namespace {

using base::Error;
using base::ErrorKind;

constexpr int most_pages = 100;
constexpr int most_updates = 5;

http::Limits page_limits() {
  http::Limits limits;
  limits.idle = std::chrono::seconds(60);
  limits.max_body = most_manifest_bytes;
  return limits;
}

std::string fallback_tag(const base::Digest& subject) {
  return std::string(subject.algorithm()) + "-" + std::string(subject.hex().substr(0, 64));
}

// The target of rel="next" in a Link header (RFC 8288).
std::optional<std::string> next_page(const http::Response& response) {
  for (const auto& value : response.headers.all("Link")) {
    const auto begin = value.find('<');
    const auto end = value.find('>', begin);
    if (begin == std::string::npos || end == std::string::npos) continue;
    const auto attributes = base::replace_all(value.substr(end), "\"", "");
    if (attributes.find("rel=next") != std::string::npos) return value.substr(begin + 1, end - begin - 1);
  }
  return std::nullopt;
}

Index parse_page(const http::Response& response, const std::string& where) {
  return base::in_context(where, [&] {
    return Index::parse(
        RawManifest{response.body, std::string(media_type::oci_index), crypto::sha256(response.body)});
  });
}

bool contains(const std::vector<Descriptor>& list, const base::Digest& digest) {
  return std::any_of(list.begin(), list.end(), [&](const auto& entry) { return entry.digest == digest; });
}

}  // namespace

std::optional<std::vector<Descriptor>> RegistryRepository::referrers_by_api(const base::Digest& subject,
                                                                            std::size_t most) {
  std::vector<Descriptor> result;
  auto get = request("GET", "/referrers/" + subject.text());
  get.headers.set("Accept", std::string(media_type::oci_index));
  for (int page = 0; page < most_pages; ++page) {
    const auto response = redirecting_->send(get, page_limits());
    // A registry without this API answers with one of these, and some with a page for people.
    if (page == 0 && (response.status == 404 || response.status == 400 || response.status == 405))
      return std::nullopt;
    if (!response.ok()) fail(get, response);
    if (page == 0 && response.headers.get("Content-Type").value_or("").rfind("text/html", 0) == 0)
      return std::nullopt;
    for (auto& entry : parse_page(response, http::describe(get)).manifests) {
      if (result.size() == most) return result;
      if (!contains(result, entry.digest)) result.push_back(std::move(entry));
    }
    const auto next = next_page(response);
    if (!next) return result;
    get.url = get.url.resolve(*next);
  }
  throw Error(ErrorKind::input, http::describe(get) + ": more than " + std::to_string(most_pages) + " pages");
}

std::optional<Index> RegistryRepository::fallback_index(const base::Digest& subject) {
  const auto raw = manifest(fallback_tag(subject));
  if (!raw || !raw->is_index()) return std::nullopt;
  return Index::parse(*raw);
}

std::vector<Descriptor> RegistryRepository::referrers(const base::Digest& subject, std::size_t most) {
  if (auto listed = referrers_by_api(subject, most)) return std::move(*listed);
  auto index = fallback_index(subject);
  if (!index) return {};
  if (index->manifests.size() > most)
    index->manifests.erase(index->manifests.begin() + static_cast<std::ptrdiff_t>(most),
                           index->manifests.end());
  return std::move(index->manifests);
}

void RegistryRepository::put_referrer(const RawManifest& manifest) {
  const auto parsed = Manifest::parse(manifest);
  if (!parsed.subject) throw Error(ErrorKind::internal, "put_referrer: the manifest has no subject");
  const auto response = send_manifest(manifest, manifest.digest.text());
  if (response.headers.get("OCI-Subject")) return;
  auto descriptor = manifest.descriptor();
  descriptor.artifact_type = parsed.artifact_type.value_or(parsed.config.media_type);
  descriptor.annotations = parsed.annotations;
  add_to_fallback_index(parsed.subject->digest, descriptor);
}

// There is no compare-and-swap for tags: written, read back, and written again if another writer was faster.
void RegistryRepository::add_to_fallback_index(const base::Digest& subject, const Descriptor& referrer) {
  for (int number = 0; number < most_updates; ++number) {
    auto index = fallback_index(subject).value_or(
        Index{std::string(media_type::oci_index), std::nullopt, {}, std::nullopt, {}});
    if (contains(index.manifests, referrer.digest)) return;
    index.manifests.push_back(referrer);
    send_manifest(index.to_raw(), fallback_tag(subject));
  }
  const auto written = fallback_index(subject);
  if (written && contains(written->manifests, referrer.digest)) return;
  throw Error(ErrorKind::precondition, name_ + ":" + fallback_tag(subject) +
                                           ": other writers keep replacing the list of referrers; try again");
}

}  // namespace oci
