// Repository: the images of one name, in a registry or in a layout on disk, behind one interface.
//
// Everything read is checked against its digest before it is returned. Not found is an answer (missing), a
// refused credential an Error{precondition}, a wrong digest or a malformed manifest Error{input}. Threads: an
// object belongs to one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "http/message.hpp"
#include "oci/manifest.hpp"
#include "oci/reference.hpp"

namespace oci {

class Repository {
 public:
  Repository() = default;
  Repository(const Repository&) = delete;
  Repository& operator=(const Repository&) = delete;
  virtual ~Repository() = default;

  // "registry.example/team/app" or "oci:DIR", for messages.
  virtual std::string name() const = 0;

  // `identifier` is a tag or a digest.
  virtual std::optional<RawManifest> manifest(const std::string& identifier) = 0;
  // The digest that a tag names now, in the cheapest way there is.
  virtual std::optional<base::Digest> resolve(const std::string& identifier) = 0;
  // Writes the manifest under its digest, and under `tag` if given. All it refers to must be there already.
  virtual void put_manifest(const RawManifest& manifest, const std::optional<std::string>& tag) = 0;

  virtual bool has_blob(const base::Digest& digest) = 0;
  // The whole blob in memory; larger than `limit` is an Error{input}. Missing when it is not there.
  virtual std::optional<std::string> blob(const Descriptor& descriptor, std::uint64_t limit) = 0;
  // The blob piece by piece; the digest is checked at the end, so a consumer must not act before this
  // returns.
  virtual void read_blob(const Descriptor& descriptor, const http::BodySink& sink) = 0;
  // Writes a blob unless it is there. `source` gives exactly the bytes of `descriptor`.
  virtual void put_blob(const Descriptor& descriptor, const http::BodySource& source) = 0;
  void put_blob(const Descriptor& descriptor, const std::string& bytes);

  // The manifests whose subject is `subject`, by the referrers API, by the fallback tag, or by the layout's
  // index; at most `most`. artifact types of fallback indexes are not reliable: open each manifest.
  virtual std::vector<Descriptor> referrers(const base::Digest& subject, std::size_t most = 1000) = 0;
  // Writes a manifest with a subject, and updates the fallback tag where the registry has no referrers API.
  virtual void put_referrer(const RawManifest& manifest) = 0;
};

struct OpenOptions {
  std::vector<std::string> plain_http;  // hosts (with port) that are spoken to without TLS
  std::optional<std::string> ca_file;
  bool for_push = false;  // asks for push rights with the first token
};

// The repository of `location`. A layout that is to be written is made when missing. localhost and loopback
// addresses are spoken to by http when https is not offered there; nothing else is downgraded.
std::unique_ptr<Repository> open_repository(const Location& location, const OpenOptions& options);

}  // namespace oci
