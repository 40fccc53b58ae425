#include "data/step_cache.hpp"

#include <algorithm>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/files.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "crypto/file_hash.hpp"
#include "crypto/hash.hpp"
#include "data/cache_manifest.hpp"

namespace data {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::Json;

constexpr std::uintmax_t largest_manifest = std::uintmax_t{64} << 20U;
constexpr std::size_t most_candidates = 2000;

// The edge of the store: what goes wrong there costs time, not correctness, so it is said and the answer is
// missing. What concerns the step as a whole passes.
template <class Action>
auto at_store(const std::string& doing, Action&& action) -> std::optional<decltype(action())> {
  try {
    return action();
  } catch (const Error& error) {
    const auto kind = error.kind();
    if (kind != ErrorKind::input && kind != ErrorKind::precondition && kind != ErrorKind::unavailable) throw;
    base::log_warning("cache: " + doing + ": " + error.message());
    return std::nullopt;
  }
}

unsigned mode_of(const CachedFile& file) {
  return file.executable ? 0755 : 0644;
}

std::string element(const std::string& path, std::size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

std::string member_of(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "." + name;
}

// Leaves of a document by their dotted path.
void flatten(const Json& value, const std::string& path, std::map<std::string, std::string>& leaves) {
  if (value.is_object() && !value.empty()) {
    for (const auto& [name, member] : value.items()) flatten(member, member_of(path, name), leaves);
  } else if (value.is_array() && !value.empty()) {
    for (std::size_t i = 0; i < value.size(); ++i) flatten(value[i], element(path, i), leaves);
  } else {
    leaves[path] = value.is_string() ? value.get<std::string>() : base::canonical_json(value);
  }
}

}  // namespace

CacheKey::CacheKey(Json document)
    : document_(std::move(document)), hex_(crypto::sha256(base::canonical_json(document_)).hex()) {}

const CachedItem* CacheEntry::find(std::string_view name) const {
  const auto found =
      std::find_if(items.begin(), items.end(), [&](const CachedItem& each) { return each.name == name; });
  return found == items.end() ? nullptr : &*found;
}

fs::path StepCache::manifest_path(const std::string& hex) const {
  return directory_ / "ac" / hex;
}

fs::path StepCache::blob_path(const base::Digest& digest) const {
  const std::string hex(digest.hex());
  return directory_ / "cas" / digest.algorithm() / hex.substr(0, 2) / hex;
}

std::optional<CacheEntry> StepCache::read_manifest(const std::string& hex) {
  const auto path = manifest_path(hex);
  const auto bytes = base::read_file_if_exists(path, largest_manifest);
  if (!bytes) return std::nullopt;
  auto entry = parse_manifest(*bytes, path.string());
  if (CacheKey(entry.key_document).hex() != hex)
    throw Error(ErrorKind::input, path.string() + ": the entry is of another key");
  return entry;
}

std::optional<CacheEntry> StepCache::find(const CacheKey& key) {
  const auto entry = at_store("looking up", [&] { return read_manifest(key.hex()); });
  if (entry) return *entry;
  forget(key, "the entry cannot be read");
  return std::nullopt;
}

std::optional<CacheEntry> StepCache::peek(const CacheKey& key) {
  return at_store("looking up", [&] { return read_manifest(key.hex()); }).value_or(std::nullopt);
}

void StepCache::forget(const CacheKey& key, const std::string& why) {
  base::log_warning("cache: dropping the entry " + key.hex() + ": " + why);
  std::error_code ignored;  // a store that cannot be written to keeps it, and misses again
  fs::remove(manifest_path(key.hex()), ignored);
}

bool StepCache::restore_file(const CachedFile& file, const fs::path& target) {
  const auto blob = blob_path(file.digest);
  std::error_code code;
  if (fs::file_size(blob, code) != file.size || code) return false;
  // Tried apart from the copying, whose failures may be the target's: a full disk there says nothing against
  // the entry.
  if (!at_store("reading a blob", [&] { return base::open_for_reading(blob); })) return false;
  base::AtomicFile copy(target, mode_of(file));
  if (crypto::copy_file(blob, copy).digest != file.digest) return false;
  copy.commit();
  return true;
}

bool StepCache::restore(const CacheKey& key, const CachedItem& item, const fs::path& target) {
  const auto failed = [&](const CachedFile& file) {
    forget(key, "the blob " + file.digest.text() + " of " + item.name + " is missing or damaged");
    std::error_code ignored;
    fs::remove_all(target, ignored);
    return false;
  };
  base::make_directories(target.parent_path());
  if (!item.directory) return restore_file(item.files[0], target) || failed(item.files[0]);
  base::make_directories(target);
  for (const auto& file : item.files) {
    const auto path = base::safe_join(target, file.path);
    base::make_directories(path.parent_path());
    if (!restore_file(file, path)) return failed(file);
  }
  return true;
}

CachedItem StepCache::store_item(const std::string& name, const fs::path& path) {
  CachedItem item{name, fs::is_directory(path), {}};
  for (const auto& file : crypto::hash_tree(path)) {
    const auto blob = blob_path(file.digest);
    base::make_directories(blob.parent_path());
    // Written anew even when it is there: the bytes that are there may be damaged, and equal ones do no harm.
    base::AtomicFile copy(blob);
    const auto hashed = crypto::copy_file(item.directory ? path / file.path : path, copy);
    if (hashed.digest != file.digest)
      throw Error(ErrorKind::precondition, path.string() + " changed while it was stored");
    copy.commit();
    item.files.push_back({item.directory ? file.path : "", file.digest, file.size, file.executable});
  }
  return item;
}

Stored StepCache::store(const CacheKey& key, const std::map<std::string, fs::path>& paths,
                        const Json& facts) {
  const auto stored = at_store("storing", [&] {
    CacheEntry entry{key.document(), base::rfc3339(base::now()), {}, facts};
    for (const auto& [name, path] : paths) entry.items.push_back(store_item(name, path));
    if (const auto other = at_store("looking up", [&] { return read_manifest(key.hex()); }); other && *other)
      return (*other)->items == entry.items ? Stored::kept_equal : Stored::kept_other;
    base::write_file(manifest_path(key.hex()), manifest_bytes(entry));
    return Stored::added;
  });
  return stored.value_or(Stored::failed);
}

std::optional<CacheEntry> StepCache::newest_like(const Json& like, const std::vector<std::string>& members) {
  std::optional<CacheEntry> newest;
  std::error_code code;
  std::size_t seen = 0;
  for (const auto& file : fs::directory_iterator(directory_ / "ac", code)) {
    const auto hex = file.path().filename().string();
    if (hex.size() != 64 || ++seen > most_candidates) continue;
    const auto entry = at_store("looking for the last run", [&] { return read_manifest(hex); });
    if (!entry || !*entry) continue;
    const bool alike = std::all_of(members.begin(), members.end(), [&](const std::string& member) {
      return (*entry)->key_document.value(member, Json()) == like.value(member, Json());
    });
    if (alike && (!newest || (*entry)->created > newest->created)) newest = **entry;
  }
  return newest;
}

std::vector<std::string> key_differences(const Json& before, const Json& now) {
  std::map<std::string, std::string> old_leaves;
  std::map<std::string, std::string> new_leaves;
  flatten(before, "", old_leaves);
  flatten(now, "", new_leaves);
  std::vector<std::string> lines;
  for (const auto& [path, value] : old_leaves) {
    const auto found = new_leaves.find(path);
    if (found == new_leaves.end()) {
      lines.push_back(base::join({path, ": ", value, " is gone"}, ""));
    } else if (found->second != value) {
      lines.push_back(base::join({path, ": ", value, " is now ", found->second}, ""));
    }
  }
  for (const auto& [path, value] : new_leaves) {
    if (old_leaves.count(path) == 0) lines.push_back(base::join({path, ": ", value, " is new"}, ""));
  }
  return lines;
}

}  // namespace data
