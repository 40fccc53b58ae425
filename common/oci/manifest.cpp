#include "oci/manifest.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"

namespace oci {
namespace {

using base::Error;
using base::ErrorKind;
using base::Json;

constexpr std::size_t most_layers = 1000;
constexpr std::size_t most_manifests = 10'000;
constexpr std::size_t most_annotations = 10'000;
constexpr std::string_view schema1_prefix = "application/vnd.docker.distribution.manifest.v1";

[[noreturn]] void refuse(std::string_view where, const std::string& why) {
  throw Error(ErrorKind::input, std::string(where) + ": " + why);
}

std::map<std::string, std::string> parse_annotations(const Json& object, std::string_view where) {
  std::map<std::string, std::string> result;
  const auto found = object.find("annotations");
  if (found == object.end() || found->is_null()) return result;
  if (!found->is_object() || found->size() > most_annotations)
    refuse(where, "annotations: expected an object of texts");
  for (const auto& [key, value] : found->items()) {
    if (!value.is_string()) refuse(where, "annotations: '" + base::printable(key, 100) + "' is not a text");
    result[key] = value.get<std::string>();
  }
  return result;
}

std::optional<Descriptor> parse_subject(const Json& object, std::string_view where) {
  const auto found = object.find("subject");
  if (found == object.end() || found->is_null()) return std::nullopt;
  return Descriptor::from_json(*found, std::string(where) + ": subject");
}

std::vector<Descriptor> parse_descriptors(const Json& object, std::string_view key, std::size_t most,
                                          std::string_view where) {
  // Go writes an empty list as null, and registries are written in Go.
  if (const auto found = object.find(std::string(key)); found != object.end() && found->is_null()) return {};
  const auto& list = base::require_array(object, key, where);
  if (list.size() > most)
    refuse(where, std::string(key) + ": more than " + std::to_string(most) + " entries");
  std::vector<Descriptor> result;
  for (const auto& entry : list)
    result.push_back(Descriptor::from_json(entry, std::string(where) + ": " + std::string(key)));
  return result;
}

// The checks that manifests and indexes share. A document that could be read as both is refused: two readers
// would see two different images under one digest.
Json parse_document(const RawManifest& raw, std::string_view other_kind, std::string_view where) {
  if (raw.media_type.rfind(schema1_prefix, 0) == 0)
    refuse(where,
           "is of Docker's schema 1, which is no longer supported; push the image again with a newer tool");
  auto document = base::parse_json(raw.bytes, where, {std::size_t{8} << 20U, 64});
  if (!document.is_object()) refuse(where, "expected an object");
  if (base::require_integer(document, "schemaVersion", where) != 2) refuse(where, "schemaVersion is not 2");
  const auto inside = base::optional_string(document, "mediaType", where);
  if (inside && *inside != raw.media_type)
    refuse(where, "says it is '" + base::printable(*inside, 200) + "' but was delivered as '" +
                      base::printable(raw.media_type, 200) + "'");
  if (document.contains(other_kind)) refuse(where, "is a manifest and an index at once");
  return document;
}

std::string place(const RawManifest& raw, const char* kind) {
  return std::string(kind) + " " + raw.digest.text();
}

void add_common(Json& document, const std::string& media_type,
                const std::optional<std::string>& artifact_type, const std::optional<Descriptor>& subject,
                const std::map<std::string, std::string>& annotations) {
  document["schemaVersion"] = 2;
  document["mediaType"] = media_type;
  if (artifact_type) document["artifactType"] = *artifact_type;
  if (subject) document["subject"] = subject->to_json();
  if (!annotations.empty()) document["annotations"] = annotations;
}

RawManifest to_raw_manifest(const Json& document, const std::string& media_type) {
  auto bytes = base::canonical_json(document);
  auto digest = crypto::sha256(bytes);
  return RawManifest{std::move(bytes), media_type, std::move(digest)};
}

Json to_list(const std::vector<Descriptor>& descriptors) {
  auto list = Json::array();
  for (const auto& descriptor : descriptors) list.push_back(descriptor.to_json());
  return list;
}

}  // namespace

Platform Platform::parse(std::string_view text) {
  const auto parts = base::split(text, '/');
  const bool complete =
      std::none_of(parts.begin(), parts.end(), [](const auto& part) { return part.empty(); });
  if (parts.size() < 2 || parts.size() > 3 || !complete)
    throw Error(ErrorKind::input, "platform '" + base::printable(text, 100) +
                                      "': expected OS/ARCHITECTURE or OS/ARCHITECTURE/VARIANT");
  return Platform{parts[0], parts[1], parts.size() == 3 ? parts[2] : ""};
}

std::string Platform::text() const {
  return os + "/" + architecture + (variant.empty() ? "" : "/" + variant);
}

Descriptor Descriptor::from_json(const Json& json, std::string_view where) {
  if (!json.is_object()) refuse(where, "expected a descriptor (an object)");
  const auto size = base::require_integer(json, "size", where);
  if (size < 0) refuse(where, "a negative size");
  Descriptor result{
      base::require_string(json, "mediaType", where),
      base::in_context(where,
                       [&] { return base::Digest::parse(base::require_string(json, "digest", where)); }),
      static_cast<std::uint64_t>(size),
      parse_annotations(json, where),
      std::nullopt,
      base::optional_string(json, "artifactType", where)};
  const auto found = json.find("platform");
  if (found != json.end() && found->is_object()) {
    const auto variant = base::optional_string(*found, "variant", where);
    result.platform =
        Platform{base::optional_string(*found, "os", where).value_or(""),
                 base::optional_string(*found, "architecture", where).value_or(""), variant.value_or("")};
  }
  return result;
}

Json Descriptor::to_json() const {
  Json json = {{"mediaType", media_type}, {"digest", digest.text()}, {"size", size}};
  if (!annotations.empty()) json["annotations"] = annotations;
  if (artifact_type) json["artifactType"] = *artifact_type;
  if (platform) {
    json["platform"] = {{"os", platform->os}, {"architecture", platform->architecture}};
    if (!platform->variant.empty()) json["platform"]["variant"] = platform->variant;
  }
  return json;
}

bool RawManifest::is_index() const {
  return media_type == media_type::oci_index || media_type == media_type::docker_list;
}

Descriptor RawManifest::descriptor() const {
  return Descriptor{media_type, digest, bytes.size(), {}, std::nullopt, std::nullopt};
}

Manifest Manifest::parse(const RawManifest& raw) {
  const auto where = place(raw, "manifest");
  if (raw.is_index()) refuse(where, "is an index of several images where one image was expected");
  const auto document = parse_document(raw, "manifests", where);
  return Manifest{raw.media_type,
                  base::optional_string(document, "artifactType", where),
                  Descriptor::from_json(base::require_object(document, "config", where), where + ": config"),
                  parse_descriptors(document, "layers", most_layers, where),
                  parse_subject(document, where),
                  parse_annotations(document, where)};
}

RawManifest Manifest::to_raw() const {
  Json document = {{"config", config.to_json()}, {"layers", to_list(layers)}};
  add_common(document, media_type, artifact_type, subject, annotations);
  return to_raw_manifest(document, media_type);
}

Index Index::parse(const RawManifest& raw) {
  const auto where = place(raw, "index");
  if (!raw.is_index()) refuse(where, "is a single image where an index was expected");
  const auto document = parse_document(raw, "layers", where);
  return Index{raw.media_type, base::optional_string(document, "artifactType", where),
               parse_descriptors(document, "manifests", most_manifests, where),
               parse_subject(document, where), parse_annotations(document, where)};
}

RawManifest Index::to_raw() const {
  Json document = {{"manifests", to_list(manifests)}};
  add_common(document, media_type, artifact_type, subject, annotations);
  return to_raw_manifest(document, media_type);
}

}  // namespace oci
