#include "preprocess-runner/reuse.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "crypto/file_hash.hpp"

namespace preprocess_runner {
namespace {

namespace fs = std::filesystem;

std::string item_name(const Output& output) {
  return "output/" + output.name;
}

data::Content content_of(const data::CachedItem& item) {
  data::Content content{
      item.files.empty() ? crypto::tree_digest({}) : item.files[0].digest, 0, item.directory, {}};
  for (const auto& file : item.files) {
    content.files.push_back({file.path, file.size, file.executable, file.digest});
    content.size += file.size;
  }
  if (item.directory) content.digest = crypto::tree_digest(content.files);
  return content;
}

// Sizes first: most differences need no reading.
bool has_content(const fs::path& target, const data::CachedItem& item) {
  std::error_code code;
  if (!fs::exists(target, code) || fs::is_directory(target, code) != item.directory) return false;
  if (!item.directory &&
      (!fs::is_regular_file(target, code) || fs::file_size(target, code) != item.files[0].size))
    return false;
  const auto there = data::content_of(target);
  const auto wanted = content_of(item);
  return item.directory ? there.files == wanted.files : there.digest == wanted.digest;
}

}  // namespace

std::optional<data::StepCache> open_cache(const Config& config) {
  if (!config.cache_dir || config.no_cache) return std::nullopt;
  return data::StepCache(*config.cache_dir);
}

void explain(data::StepCache& cache, const data::CacheKey& key) {
  if (const auto entry = cache.peek(key)) {
    base::log_info("cache: a hit, made " + entry->created);
    return;
  }
  const auto last = cache.newest_like(key.document(), {"outputs"});
  if (!last) {
    base::log_info("cache: a miss; there is no earlier run with these outputs");
    return;
  }
  base::log_info("cache: a miss; compared with the run of " + last->created + ":");
  for (const auto& line : data::key_differences(last->key_document, key.document()))
    base::log_info("  " + base::printable(line, 500));
}

std::optional<Facts> restore(data::StepCache& cache, const data::CacheKey& key, const Plan& plan,
                             Workspace& workspace) {
  const auto entry = cache.find(key);
  if (!entry) return std::nullopt;
  auto facts = facts_from_json(entry->facts, "cache entry " + key.hex());
  for (const auto& output : plan.outputs) {
    const auto* item = entry->find(item_name(output));
    if (item != nullptr && has_content(output.path, *item)) {
      workspace.keep_target(output.name);
    } else if (item == nullptr || !cache.restore(key, *item, workspace.staged(output.name))) {
      workspace.start_over();
      return std::nullopt;
    }
    facts.contents.emplace(output.name, content_of(*item));
  }
  return facts;
}

void store(data::StepCache& cache, const data::CacheKey& key, const Plan& plan, const Workspace& workspace,
           const Facts& facts) {
  std::map<std::string, fs::path> paths;
  for (const auto& output : plan.outputs) paths[item_name(output)] = workspace.staged(output.name);
  switch (cache.store(key, paths, to_json(facts))) {
    case data::Stored::added:
      base::log_info("cache: stored as " + key.hex());
      break;
    case data::Stored::kept_equal:
      break;
    case data::Stored::failed:
      base::log_warning("cache: the result could not be stored; the next run makes it again");
      break;
    case data::Stored::kept_other:
      base::log_warning(
          "cache: another run with the same key gave other bytes, which stay in the cache: the work is not "
          "deterministic");
      break;
  }
}

}  // namespace preprocess_runner
