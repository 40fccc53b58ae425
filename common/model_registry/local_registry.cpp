#include "model_registry/local_registry.hpp"

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/interrupt.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "http/url.hpp"
#include "model_registry/journal.hpp"
#include "model_registry/lost_race.hpp"

namespace model_registry {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;

constexpr auto ledger_wait = std::chrono::milliseconds(60'000);
constexpr auto most_bytes_of_attachment = std::uintmax_t{64} << 20U;

// Held while the ledger is read and appended to.
base::FileLock lock_ledger(const fs::path& directory) {
  return base::FileLock(directory / "ledger.lock", ledger_wait);
}

Journal ledger_in(const fs::path& directory) {
  return Journal(directory / "ledger.jsonl");
}

// Another lock than the ledger's, because its holder appends to the ledger meanwhile.
class LocalLock : public Lock {
 public:
  explicit LocalLock(const fs::path& directory) : lock_(directory / "writer.lock", ledger_wait) {}

 private:
  base::FileLock lock_;
};

// One digest for the files: the one that sha256sum gives over "HEX  PATH" lines, as everywhere in the
// project.
base::Digest digest_of(const base::FileTree& files) {
  std::string lines;
  for (const auto& file : files) lines += std::string(file.digest.hex()) + "  " + file.path + "\n";
  return archive::digest_of(lines);
}

// Linked where the file system can, so that the directory costs no space; copied (and checked) elsewhere.
void place(const archive::ContentStore& blobs, const base::FileEntry& file, const fs::path& target) {
  base::make_directories(target.parent_path());
  std::error_code failed;
  fs::create_hard_link(blobs.path_of(file.digest), target, failed);
  if (failed && !blobs.copy_to(file.digest, target)) {
    throw Error(ErrorKind::internal, "blob " + file.digest.text() + " is missing right after it was stored");
  }
}

Error no_such_version(const std::string& name, std::int64_t number) {
  return Error(ErrorKind::precondition,
               "there is no version " + std::to_string(number) + " of model '" + name + "'");
}

}  // namespace

LocalRegistry::LocalRegistry(const fs::path& root)
    : root_(fs::absolute(root).lexically_normal()), blobs_(root_ / "blobs") {}

std::string LocalRegistry::uri() const {
  return "file://" + http::percent_encode_path(root_.string());
}

fs::path LocalRegistry::directory_of(const std::string& name) const {
  check_model_name(name);
  return root_ / "models" / name;
}

fs::path LocalRegistry::artifacts_of(const base::Digest& digest) const {
  return root_ / "artifacts" / std::string(digest.hex());
}

LocalModel LocalRegistry::read(const std::string& name) const {
  const auto ledger = ledger_in(directory_of(name));
  return replay(name, ledger.lines(), ledger.file().string());
}

ModelVersion LocalRegistry::shown(const LocalVersion& version) const {
  ModelVersion shown = version.version;
  if (version.artifacts) {
    shown.source = "file://" + http::percent_encode_path(artifacts_of(*version.artifacts).string());
    shown.storage_uri = shown.source;
  } else {
    shown.source = shown.storage_uri;
  }
  return shown;
}

std::optional<ModelVersion> LocalRegistry::version(const std::string& name, std::int64_t number) {
  const auto model = read(name);
  const auto* found = model.find(number);
  return found == nullptr ? std::nullopt : std::optional(shown(*found));
}

std::optional<ModelVersion> LocalRegistry::by_alias(const std::string& name, const std::string& alias) {
  const auto model = read(name);
  const auto found = model.aliases.find(alias);
  return found == model.aliases.end() ? std::nullopt : std::optional(shown(model.versions.at(found->second)));
}

std::vector<ModelVersion> LocalRegistry::versions(const std::string& name) {
  std::vector<ModelVersion> versions;
  for (const auto& [number, version] : read(name).versions) versions.push_back(shown(version));
  return versions;
}

std::map<std::string, std::int64_t> LocalRegistry::aliases(const std::string& name) {
  return read(name).aliases;
}

void LocalRegistry::publish_artifacts(const base::FileTree& files, const base::Digest& digest) {
  const auto target = artifacts_of(digest);
  if (fs::is_directory(target)) return;
  base::StagedDirectory staged(target);
  for (const auto& file : files) place(blobs_, file, base::safe_join(staged.path(), file.path));
  // Another writer of the same model may have been first; both have the same content.
  static_cast<void>(staged.commit());
}

// Everything but the number. Content comes before the ledger line that names it.
LocalVersion LocalRegistry::store(const NewVersion& wanted) {
  LocalVersion made;
  made.version = {
      .name = wanted.name, .storage_uri = wanted.storage_uri, .run_id = wanted.run_id, .tags = wanted.tags};
  made.version.tags[std::string(key_tag)] = wanted.key;
  made.version.created = base::source_date_epoch().value_or(base::now());
  made.key = wanted.key;
  made.description = wanted.description;
  made.files = wanted.model;
  for (const auto& attachment : wanted.attachments) {
    const auto bytes = base::read_file(attachment.path, most_bytes_of_attachment);
    const auto digest = archive::digest_of(bytes);
    blobs_.put(bytes, digest);
    made.attachments.insert_or_assign(attachment.name, digest);
  }
  if (!wanted.storage_uri.empty()) return made;
  for (const auto& file : wanted.model) {
    base::check_interrupt();
    blobs_.put_file(base::safe_join(wanted.model_directory, file.path), file.digest);
  }
  made.artifacts = digest_of(wanted.model);
  publish_artifacts(wanted.model, *made.artifacts);
  return made;
}

Registered LocalRegistry::register_version(const NewVersion& wanted) {
  const auto directory = directory_of(wanted.name);
  const auto before = read(wanted.name);
  if (const auto* found = before.with_key(wanted.key)) return {shown(*found), false};
  auto made = store(wanted);
  const auto lock = lock_ledger(directory);
  const auto model = read(wanted.name);
  if (const auto* found = model.with_key(wanted.key)) return {shown(*found), false};
  made.version.version = model.next_number();
  ledger_in(directory).append(registered_line(made));
  base::log_info("registered " + made.version.uri(), {{"registry", uri()}, {"key", wanted.key}});
  return {shown(made), true};
}

void LocalRegistry::set_tag(const std::string& name, std::int64_t version, const std::string& key,
                            const std::string& value) {
  const auto lock = lock_ledger(directory_of(name));
  const auto model = read(name);
  const auto* found = model.find(version);
  if (found == nullptr) throw no_such_version(name, version);
  const auto old = found->version.tags.find(key);
  if (old != found->version.tags.end() && old->second == value) return;
  ledger_in(directory_of(name)).append(tagged_line(version, key, value));
}

void LocalRegistry::set_alias(const std::string& name, const std::string& alias, std::int64_t version,
                              std::optional<std::int64_t> expected) {
  check_alias(alias);
  const auto lock = lock_ledger(directory_of(name));
  const auto model = read(name);
  if (model.find(version) == nullptr) throw no_such_version(name, version);
  const auto now = model.aliases.find(alias);
  const auto current = now == model.aliases.end() ? std::nullopt : std::optional(now->second);
  if (current == version) return;
  if (current != expected) {
    throw lost_race(name, alias, current, expected);
  }
  ledger_in(directory_of(name)).append(alias_set_line(alias, version));
  base::log_info("alias " + alias + " of " + name + " names version " + std::to_string(version));
}

void LocalRegistry::delete_alias(const std::string& name, const std::string& alias, std::int64_t expected) {
  const auto lock = lock_ledger(directory_of(name));
  const auto model = read(name);
  const auto now = model.aliases.find(alias);
  if (now == model.aliases.end()) return;
  if (now->second != expected) {
    throw lost_race(name, alias, now->second, expected);
  }
  ledger_in(directory_of(name)).append(alias_deleted_line(alias));
  base::log_info("alias " + alias + " of " + name + " was removed");
}

std::unique_ptr<Lock> LocalRegistry::lock(const std::string& name) {
  return std::make_unique<LocalLock>(directory_of(name));
}

std::optional<std::string> LocalRegistry::attachment(const ModelVersion& version,
                                                     const std::string& attachment_name) {
  const auto model = read(version.name);
  const auto* found = model.find(version.version);
  if (found == nullptr) return std::nullopt;
  const auto named_so = found->attachments.find(attachment_name);
  if (named_so == found->attachments.end()) return std::nullopt;
  auto bytes = blobs_.read(named_so->second, most_bytes_of_attachment);
  if (!bytes) {
    throw Error(ErrorKind::precondition, "the registry lost the blob " + named_so->second.text() + " of '" +
                                             attachment_name + "'; restore it, or register again elsewhere");
  }
  return bytes;
}

bool LocalRegistry::fetch_model(const ModelVersion& version, const fs::path& target) {
  const auto model = read(version.name);
  const auto* found = model.find(version.version);
  if (found == nullptr) throw no_such_version(version.name, version.version);
  if (!found->artifacts) return false;
  for (const auto& file : found->files) {
    base::check_interrupt();
    const auto place_of_file = base::safe_join(target, file.path);
    base::make_directories(place_of_file.parent_path());
    if (!blobs_.copy_to(file.digest, place_of_file)) {
      throw Error(ErrorKind::precondition, "the registry lost the blob " + file.digest.text() + " of '" +
                                               file.path + "' of " + version.uri());
    }
  }
  return true;
}

}  // namespace model_registry
