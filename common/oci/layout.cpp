#include "oci/layout.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/interrupt.hpp"
#include "base/text.hpp"
#include "oci/content.hpp"

namespace oci {
namespace {

using base::Error;
using base::ErrorKind;
using base::Json;
namespace fs = std::filesystem;

constexpr const char* ref_name = "org.opencontainers.image.ref.name";
constexpr std::size_t most_entries = 10'000;
constexpr std::size_t piece_size = std::size_t{1} << 20U;
constexpr std::chrono::seconds lock_wait{60};

// The media type of a manifest that index.json does not list: what it says itself, else by its members.
std::string guess_media_type(const std::string& bytes, const std::string& where) {
  const auto document = base::parse_json(bytes, where, {most_manifest_bytes, 64});
  if (!document.is_object()) throw Error(ErrorKind::input, where + ": expected a manifest (an object)");
  if (const auto type = base::optional_string(document, "mediaType", where)) return *type;
  return std::string(document.contains("manifests") ? media_type::oci_index : media_type::oci_manifest);
}

std::string tag_of(const Descriptor& descriptor) {
  const auto found = descriptor.annotations.find(ref_name);
  return found == descriptor.annotations.end() ? "" : found->second;
}

// "sha256-HEX" and "sha256-HEX.sig" belong to another image.
bool is_attached(const Descriptor& descriptor) {
  return tag_of(descriptor).rfind("sha256-", 0) == 0;
}

}  // namespace

LayoutRepository::LayoutRepository(fs::path directory, LayoutUse use) : directory_(std::move(directory)) {
  if (use == LayoutUse::write) return;
  const auto marker = directory_ / "oci-layout";
  const auto text = base::read_file_if_exists(marker, 65536);
  if (!text)
    throw Error(ErrorKind::precondition,
                directory_.string() + ": is not an OCI image layout (it has no file oci-layout)");
  const auto version =
      base::require_string(base::parse_json(*text, marker.string()), "imageLayoutVersion", marker.string());
  if (version.rfind("1.", 0) != 0)
    throw Error(ErrorKind::input, marker.string() + ": version " + base::printable(version, 50) +
                                      " is not supported; expected 1.0.0");
  prepared_ = true;
}

std::string LayoutRepository::name() const {
  return "oci:" + directory_.string();
}

fs::path LayoutRepository::blob_path(const base::Digest& digest) const {
  return directory_ / "blobs" / digest.algorithm() / digest.hex();
}

Json LayoutRepository::read_index() const {
  const auto path = directory_ / "index.json";
  const auto text = base::read_file_if_exists(path);
  if (!text)
    return Json{{"schemaVersion", 2}, {"mediaType", media_type::oci_index}, {"manifests", Json::array()}};
  auto index = base::parse_json(*text, path.string());
  if (base::require_array(index, "manifests", path.string()).size() > most_entries)
    throw Error(ErrorKind::input,
                path.string() + ": more than " + std::to_string(most_entries) + " manifests");
  return index;
}

std::vector<Descriptor> LayoutRepository::entries() const {
  std::vector<Descriptor> result;
  const auto index = read_index();
  const auto where = (directory_ / "index.json").string();
  for (const auto& entry : index.at("manifests")) result.push_back(Descriptor::from_json(entry, where));
  return result;
}

Descriptor LayoutRepository::only_image() const {
  const auto all = entries();
  const bool tagged = std::any_of(all.begin(), all.end(), [](const auto& entry) {
    return !tag_of(entry).empty() && !is_attached(entry);
  });
  std::vector<Descriptor> found;
  std::set<std::string> names;
  for (const auto& entry : all) {
    if (is_attached(entry) || (tagged && tag_of(entry).empty())) continue;
    if (found.empty() || found.front().digest != entry.digest) found.push_back(entry);
    names.insert(tagged ? tag_of(entry) : entry.digest.text());
  }
  if (found.size() == 1) return found.front();
  const std::string expected = found.empty() ? "there is no image in it"
                                             : "there are several images in it; name one as oci:DIR:TAG: " +
                                                   base::join({names.begin(), names.end()}, ", ");
  throw Error(ErrorKind::precondition, name() + ": " + base::printable(expected, 600));
}

std::optional<Descriptor> LayoutRepository::find(const std::string& identifier) const {
  if (identifier.empty()) return only_image();
  const bool by_digest = identifier.find(':') != std::string::npos;
  for (const auto& entry : entries())
    if (by_digest ? entry.digest.text() == identifier : tag_of(entry) == identifier) return entry;
  if (!by_digest) return std::nullopt;
  return Descriptor{"", base::Digest::parse(identifier), 0, {}, std::nullopt, std::nullopt};
}

std::optional<RawManifest> LayoutRepository::read_manifest(const Descriptor& descriptor) const {
  const auto path = blob_path(descriptor.digest);
  auto bytes = base::read_file_if_exists(path, most_manifest_bytes);
  if (!bytes) return std::nullopt;
  check_content(descriptor.digest, *bytes, path.string());
  auto type = descriptor.media_type.empty() ? guess_media_type(*bytes, path.string()) : descriptor.media_type;
  return RawManifest{std::move(*bytes), std::move(type), descriptor.digest};
}

std::optional<RawManifest> LayoutRepository::manifest(const std::string& identifier) {
  const auto found = find(identifier);
  return found ? read_manifest(*found) : std::nullopt;
}

std::optional<base::Digest> LayoutRepository::resolve(const std::string& identifier) {
  const auto found = find(identifier);
  if (!found || !fs::exists(blob_path(found->digest))) return std::nullopt;
  return found->digest;
}

bool LayoutRepository::has_blob(const base::Digest& digest) {
  std::error_code ignored;
  return fs::is_regular_file(blob_path(digest), ignored);
}

std::optional<std::string> LayoutRepository::blob(const Descriptor& descriptor, std::uint64_t limit) {
  const auto path = blob_path(descriptor.digest);
  auto bytes = base::read_file_if_exists(path, limit);
  if (bytes) check_content(descriptor.digest, *bytes, path.string());
  return bytes;
}

void LayoutRepository::read_blob(const Descriptor& descriptor, const http::BodySink& sink) {
  const auto path = blob_path(descriptor.digest);
  const auto file = base::open_for_reading(path);
  ContentCheck check(descriptor);
  std::string buffer(piece_size, '\0');
  sink.restart();
  while (const auto count = base::read_some(file, buffer.data(), buffer.size(), path)) {
    base::check_interrupt();
    check.update({buffer.data(), count});
    sink.write({buffer.data(), count});
  }
  check.finish();
}

void LayoutRepository::prepare() {
  if (prepared_) return;
  base::make_directories(directory_ / "blobs" / "sha256");
  base::write_file_if_different(directory_ / "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
  prepared_ = true;
}

void LayoutRepository::put_blob(const Descriptor& descriptor, const http::BodySource& source) {
  prepare();
  const auto path = blob_path(descriptor.digest);
  std::error_code error;
  if (fs::is_regular_file(path, error) && fs::file_size(path, error) == descriptor.size) return;
  base::make_directories(path.parent_path());
  base::AtomicFile file(path);
  ContentCheck check(descriptor);
  std::string buffer(piece_size, '\0');
  const auto read = source.open();
  while (const auto count = read(buffer.data(), buffer.size())) {
    base::check_interrupt();
    check.update({buffer.data(), count});
    file.write({buffer.data(), count});
  }
  check.finish();
  file.commit();
}

void LayoutRepository::add_entry(const Descriptor& descriptor, const std::optional<std::string>& tag) {
  const base::FileLock lock(directory_ / ".lock", lock_wait);
  auto index = read_index();
  auto kept = Json::array();
  auto added = descriptor.to_json();
  if (tag) added["annotations"][ref_name] = *tag;
  bool listed = false;
  for (const auto& entry : index.at("manifests")) {
    const auto old = Descriptor::from_json(entry, (directory_ / "index.json").string());
    const bool same = old.digest == descriptor.digest;
    const bool moves = tag && tag_of(old) == *tag;
    // An entry without a tag gives way to the same image with one; an image that loses its tag is forgotten,
    // as it is in a registry.
    if (moves || (same && tag && tag_of(old).empty())) continue;
    listed = listed || (same && !tag);
    kept.push_back(entry);
  }
  if (!listed) kept.push_back(added);
  index["manifests"] = kept;
  base::write_file_if_different(directory_ / "index.json", base::canonical_json(index));
}

void LayoutRepository::put_manifest(const RawManifest& manifest, const std::optional<std::string>& tag) {
  put_blob(manifest.descriptor(), manifest.bytes);
  add_entry(manifest.descriptor(), tag);
}

void LayoutRepository::put_referrer(const RawManifest& manifest) {
  const auto parsed = Manifest::parse(manifest);
  if (!parsed.subject) throw Error(ErrorKind::internal, "put_referrer: the manifest has no subject");
  put_blob(manifest.descriptor(), manifest.bytes);
  auto descriptor = manifest.descriptor();
  descriptor.artifact_type = parsed.artifact_type.value_or(parsed.config.media_type);
  descriptor.annotations = parsed.annotations;
  add_entry(descriptor, std::nullopt);
}

std::vector<Descriptor> LayoutRepository::referrers(const base::Digest& subject, std::size_t most) {
  std::vector<Descriptor> result;
  std::set<std::string> seen;
  for (const auto& entry : entries()) {
    base::check_interrupt();
    if (!seen.insert(entry.digest.text()).second) continue;
    const auto raw = read_manifest(entry);
    if (!raw || raw->is_index()) continue;
    const auto parsed = Manifest::parse(*raw);
    if (!parsed.subject || parsed.subject->digest != subject) continue;
    if (result.size() == most) break;
    auto descriptor = raw->descriptor();
    descriptor.artifact_type = parsed.artifact_type.value_or(parsed.config.media_type);
    descriptor.annotations = parsed.annotations;
    result.push_back(std::move(descriptor));
  }
  return result;
}

}  // namespace oci
