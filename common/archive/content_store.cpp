#include "archive/content_store.hpp"

#include <system_error>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/log.hpp"
#include "crypto/file_hash.hpp"
#include "crypto/hash.hpp"

namespace archive {
namespace {

using base::Error;
using base::ErrorKind;
namespace fs = std::filesystem;

void expect(const base::Digest& expected, const base::Digest& found, const fs::path& what,
            std::string_view advice) {
  if (found == expected) return;
  throw Error(ErrorKind::input, what.string() + " hashes to " + found.text() + ", expected " +
                                    expected.text() + "; " + std::string(advice));
}

constexpr auto changed = "it was changed since it was hashed: run again on files that nobody writes to";
constexpr auto damaged = "the store is damaged: remove that file and store its content again";

void require_sha256(const base::Digest& digest) {
  if (digest.algorithm() == "sha256") return;
  throw Error(ErrorKind::input, digest.text() + ": a content store holds sha256 digests only");
}

bool is_file(const fs::path& path) {
  std::error_code code;
  return fs::is_regular_file(path, code);
}

}  // namespace

fs::path ContentStore::path_of(const base::Digest& digest) const {
  return directory_ / digest.algorithm() / digest.hex();
}

bool ContentStore::has(const base::Digest& digest) const {
  return is_file(path_of(digest));
}

bool ContentStore::is_whole(const base::Digest& digest) const {
  if (!has(digest)) return false;
  if (crypto::hash_file(path_of(digest)).digest == digest) return true;
  base::log_warning("replacing a damaged blob", {{"path", path_of(digest).string()}});
  return false;
}

Stored ContentStore::put_file(const fs::path& source, const base::Digest& expected) {
  require_sha256(expected);
  if (is_whole(expected)) return Stored::already_there;
  const auto target = path_of(expected);
  base::make_directories(target.parent_path());
  base::AtomicFile file(target);
  expect(expected, crypto::copy_file(source, file).digest, source, changed);
  file.commit();
  return Stored::added;
}

Stored ContentStore::put(std::string_view bytes, const base::Digest& expected) {
  require_sha256(expected);
  expect(expected, crypto::sha256(bytes), "the content given", changed);
  if (is_whole(expected)) return Stored::already_there;
  base::write_file(path_of(expected), bytes);
  return Stored::added;
}

std::optional<std::string> ContentStore::read(const base::Digest& digest, std::uintmax_t limit) const {
  require_sha256(digest);
  auto bytes = base::read_file_if_exists(path_of(digest), limit);
  if (bytes) expect(digest, crypto::sha256(*bytes), path_of(digest), damaged);
  return bytes;
}

bool ContentStore::copy_to(const base::Digest& digest, const fs::path& target, unsigned mode) const {
  require_sha256(digest);
  if (!has(digest)) return false;
  if (target.has_parent_path()) base::make_directories(target.parent_path());
  base::AtomicFile file(target, mode);
  expect(digest, crypto::copy_file(path_of(digest), file).digest, path_of(digest), damaged);
  file.commit();
  return true;
}

bool ContentStore::verify(const base::Digest& digest) const {
  require_sha256(digest);
  if (!has(digest)) return false;
  expect(digest, crypto::hash_file(path_of(digest)).digest, path_of(digest), damaged);
  return true;
}

base::Digest digest_of(std::string_view bytes) {
  return crypto::sha256(bytes);
}

}  // namespace archive
