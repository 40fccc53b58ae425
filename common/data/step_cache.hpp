// StepCache: what a step made, under the key of everything that it was made from, in a directory that several
// machines may share.
//
//   ac/HEX              one manifest a key: the key's document, the files with their digests
//   cas/sha256/ab/HEX   the files' bytes
//
// Blobs are written before the manifest, each atomically, so a reader sees a whole entry or none. Everything
// is checked when it is read: a manifest that does not parse or does not hash to what it says, and a blob
// that is missing or changed, make a miss, never a wrong hit. Two writers of one key: the first entry stays.
//
// Errors: trouble with the store itself never throws, it is logged and counts as a miss or as not stored;
// trouble with a target does (Error{precondition}). Cancellation and deadlines pass through.
// Threads: one; processes: any number.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/json.hpp"

namespace data {

// The document that a key is the hash of: canonical JSON, so that equal work has one key.
class CacheKey {
 public:
  explicit CacheKey(base::Json document);

  const base::Json& document() const { return document_; }
  // 64 hexadecimal digits.
  const std::string& hex() const { return hex_; }

 private:
  base::Json document_;
  std::string hex_;
};

struct CachedFile {
  std::string path;  // inside a directory; empty for a single file
  base::Digest digest;
  std::uint64_t size = 0;
  bool executable = false;
  friend bool operator==(const CachedFile&, const CachedFile&) = default;
};

// A file or a directory under a logical name such as "output/clean".
struct CachedItem {
  std::string name;
  bool directory = false;
  std::vector<CachedFile> files;
  friend bool operator==(const CachedItem&, const CachedItem&) = default;
};

struct CacheEntry {
  base::Json key_document;
  std::string created;  // RFC 3339
  std::vector<CachedItem> items;
  base::Json facts;  // small values that the step wants back, such as row counts

  const CachedItem* find(std::string_view name) const;
};

enum class Stored { added, kept_equal, kept_other, failed };

class StepCache {
 public:
  explicit StepCache(std::filesystem::path directory) : directory_(std::move(directory)) {}

  // The entry, whose blobs are not yet checked; missing when there is none. One that cannot be trusted is
  // removed.
  std::optional<CacheEntry> find(const CacheKey& key);
  // The same, but an entry that cannot be trusted is left where it is.
  std::optional<CacheEntry> peek(const CacheKey& key);
  // Writes the item's files to `target` (which must not exist), checking every byte. False when a blob is
  // missing or damaged: the entry is then removed and `target` is not made.
  bool restore(const CacheKey& key, const CachedItem& item, const std::filesystem::path& target);
  // Stores `paths` by logical name. kept_other means that an entry with other bytes was there first: the work
  // is not deterministic.
  Stored store(const CacheKey& key, const std::map<std::string, std::filesystem::path>& paths,
               const base::Json& facts);
  // The newest entry whose key document agrees with `like` in all of `members`.
  std::optional<CacheEntry> newest_like(const base::Json& like, const std::vector<std::string>& members);

 private:
  std::filesystem::path manifest_path(const std::string& hex) const;
  std::filesystem::path blob_path(const base::Digest& digest) const;
  std::optional<CacheEntry> read_manifest(const std::string& hex);
  bool restore_file(const CachedFile& file, const std::filesystem::path& target);
  CachedItem store_item(const std::string& name, const std::filesystem::path& path);
  void forget(const CacheKey& key, const std::string& why);

  std::filesystem::path directory_;
};

// One line for each member in which two key documents differ: "inputs.raw.digest: sha256:… is now sha256:…".
std::vector<std::string> key_differences(const base::Json& before, const base::Json& now);

}  // namespace data
