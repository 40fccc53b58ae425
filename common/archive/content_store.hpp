// ContentStore: a directory of blobs, each under the digest of its bytes: DIRECTORY/sha256/HEX.
//
// A blob is written beside its name, synced and renamed, so what bears a name is whole; it is hashed again
// whenever it is read, so what was changed behind our back is found. Several processes may write to one
// store.
//
// Errors: Error{input} for bytes that do not hash to their digest, base/files.hpp errors otherwise; an absent
// blob is an answer. Threads: any.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.hpp"

namespace archive {

enum class Stored { added, already_there };

class ContentStore {
 public:
  // The directory is made with the first blob.
  explicit ContentStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

  const std::filesystem::path& directory() const { return directory_; }
  // Where the blob is or would be; reading there is reading unchecked bytes.
  std::filesystem::path path_of(const base::Digest& digest) const;
  bool has(const base::Digest& digest) const;

  // Copies `source` in. Error{input} when its bytes are not those of `expected`: the file changed since it
  // was hashed. A blob that is there but damaged is replaced.
  Stored put_file(const std::filesystem::path& source, const base::Digest& expected);
  Stored put(std::string_view bytes, const base::Digest& expected);

  // The whole blob, checked; larger than `limit` bytes is Error{input}. Missing when it is not there.
  std::optional<std::string> read(const base::Digest& digest,
                                  std::uintmax_t limit = std::uintmax_t{64} << 20U) const;
  // Writes the blob, checked, to `target` atomically; false when it is not there. `mode` as for a new file.
  bool copy_to(const base::Digest& digest, const std::filesystem::path& target, unsigned mode = 0644) const;
  // Error{input} when the blob is damaged; false when it is not there.
  bool verify(const base::Digest& digest) const;

 private:
  bool is_whole(const base::Digest& digest) const;

  std::filesystem::path directory_;
};

// The digest of some bytes, for those who may not use the crypto library themselves.
base::Digest digest_of(std::string_view bytes);

}  // namespace archive
