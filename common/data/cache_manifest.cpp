#include "data/cache_manifest.hpp"

#include "base/error.hpp"
#include "base/files.hpp"
#include "crypto/hash.hpp"

namespace data {
namespace {

using base::Error;
using base::ErrorKind;
using base::Json;

Json to_json(const CachedItem& item) {
  Json files = Json::array();
  for (const auto& file : item.files) {
    files.push_back({{"path", file.path},
                     {"digest", file.digest.text()},
                     {"size", file.size},
                     {"executable", file.executable}});
  }
  return {{"name", item.name}, {"directory", item.directory}, {"files", files}};
}

bool flag(const Json& object, std::string_view key, const std::string& where) {
  const auto& value = base::require(object, key, where);
  if (!value.is_boolean())
    throw Error(ErrorKind::input, where + ": '" + std::string(key) + "' is no boolean");
  return value.get<bool>();
}

CachedItem item_from(const Json& json, const std::string& where) {
  CachedItem item{base::require_string(json, "name", where), flag(json, "directory", where), {}};
  for (const auto& file : base::require_array(json, "files", where)) {
    auto path = base::require_string(file, "path", where);
    // A directory's file must stay in it; a single file has no path.
    if (item.directory) base::safe_join("", path);
    item.files.push_back({std::move(path), base::Digest::parse(base::require_string(file, "digest", where)),
                          static_cast<std::uint64_t>(base::require_integer(file, "size", where)),
                          flag(file, "executable", where)});
  }
  if (!item.directory && item.files.size() != 1)
    throw Error(ErrorKind::input, where + ": a file item needs exactly one file");
  return item;
}

}  // namespace

std::string manifest_bytes(const CacheEntry& entry) {
  Json items = Json::array();
  for (const auto& item : entry.items) items.push_back(to_json(item));
  const Json body{{"schema_version", 1},
                  {"key", entry.key_document},
                  {"created", entry.created},
                  {"items", items},
                  {"facts", entry.facts}};
  return base::canonical_json(
             {{"digest", crypto::sha256(base::canonical_json(body)).text()}, {"entry", body}}) +
         "\n";
}

CacheEntry parse_manifest(const std::string& bytes, const std::string& where) {
  const auto document = base::parse_json(bytes, where);
  const auto& body = base::require_object(document, "entry", where);
  if (crypto::sha256(base::canonical_json(body)).text() != base::require_string(document, "digest", where))
    throw Error(ErrorKind::input, where + ": the content does not match its digest");
  if (base::require_integer(body, "schema_version", where) != 1)
    throw Error(ErrorKind::input, where + ": written by another release");
  CacheEntry entry{
      base::require_object(body, "key", where), base::require_string(body, "created", where), {}, {}};
  for (const auto& item : base::require_array(body, "items", where))
    entry.items.push_back(item_from(item, where));
  entry.facts = base::require(body, "facts", where);
  return entry;
}

}  // namespace data
