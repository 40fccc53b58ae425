#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "base/files.hpp"
#include "base/interrupt.hpp"
#include "base/text.hpp"
#include "crypto/file_hash.hpp"
#include "sigstore/model_signing.hpp"

namespace sigstore {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_named = 5;

// "3 files are missing: a, b, c"
std::string list_some(const std::string& what, const std::vector<std::string>& paths) {
  std::vector<std::string> shown(
      paths.begin(), paths.begin() + static_cast<std::ptrdiff_t>(std::min(paths.size(), most_named)));
  if (shown.size() < paths.size()) shown.emplace_back("…");
  return std::to_string(paths.size()) + " " + what + ": " + base::printable(base::join(shown, ", "), 600);
}

struct Differences {
  std::vector<std::string> missing;
  std::vector<std::string> unsigned_files;
  std::vector<std::string> changed;

  void refuse_if_any(Checklist& checks) const {
    std::vector<std::string> parts;
    if (!changed.empty()) parts.push_back(list_some("changed since they were signed", changed));
    if (!missing.empty()) parts.push_back(list_some("signed but not there", missing));
    if (!unsigned_files.empty()) parts.push_back(list_some("there but not signed", unsigned_files));
    checks.require(parts.empty(), "of the model's files, " + base::join(parts, "; "));
  }
};

using Pieces = std::vector<const ModelResource*>;

// The signed resources by path, the pieces of a file in order.
std::map<std::string, Pieces> by_path(const SignedModel& model, const base::FileTree& found,
                                      const fs::path& root) {
  std::map<std::string, Pieces> files;
  for (const auto& each : model.resources) {
    const bool whole_model = each.path == "." && found.size() == 1 && fs::is_regular_file(root);
    files[whole_model ? found.front().path : each.path].push_back(&each);
  }
  for (auto& entry : files) {
    std::sort(entry.second.begin(), entry.second.end(), [](const ModelResource* a, const ModelResource* b) {
      return a->shard && b->shard && a->shard->begin < b->shard->begin;
    });
  }
  return files;
}

// Whether the pieces cover the file from its first byte to its last without a gap.
bool covers(const Pieces& pieces, std::uint64_t size) {
  std::uint64_t at = 0;
  for (const auto* piece : pieces) {
    if (piece->shard->begin != at) return false;
    at = piece->shard->end;
  }
  return at == size;
}

base::Digest hash_next(const base::FileDescriptor& file, std::uint64_t size, const fs::path& path) {
  std::vector<char> buffer(std::size_t{1} << 20U);
  crypto::Sha256 hash;
  while (size > 0) {
    base::check_interrupt();
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, buffer.size()));
    const auto count = base::read_some(file, buffer.data(), wanted, path);
    if (count == 0) break;  // the digest will differ
    hash.update(std::string_view(buffer.data(), count));
    size -= count;
  }
  return hash.finish();
}

bool pieces_match(const Pieces& pieces, const base::FileEntry& found, const fs::path& path) {
  if (!pieces.front()->shard) return pieces.size() == 1 && pieces.front()->digest == found.digest;
  if (!covers(pieces, found.size)) return false;
  const auto file = base::open_for_reading(path);
  return std::all_of(pieces.begin(), pieces.end(), [&](const ModelResource* piece) {
    return hash_next(file, piece->shard->end - piece->shard->begin, path) == piece->digest;
  });
}

}  // namespace

base::FileTree check_model_files(const SignedModel& model, const fs::path& root,
                                 const std::vector<std::string>& ignored, Checklist& checks) {
  checks.begin(Check::model_files);
  crypto::TreeRules rules{
      .symlinks = model.follow_symlinks ? crypto::Symlinks::follow : crypto::Symlinks::refuse,
      .ignore = model.ignored};
  rules.ignore.insert(rules.ignore.end(), ignored.begin(), ignored.end());
  auto found = crypto::hash_tree(root, rules);
  const auto expected = by_path(model, found, root);

  Differences differences;
  for (const auto& file : found) {
    const auto path = fs::is_regular_file(root) ? root : root / file.path;
    const auto pieces = expected.find(file.path);
    if (pieces == expected.end()) {
      // Shards do not tell of empty files.
      if (!model.sharded || file.size > 0) differences.unsigned_files.push_back(file.path);
    } else if (!pieces_match(pieces->second, file, path)) {
      differences.changed.push_back(file.path);
    }
  }
  std::set<std::string> there;
  for (const auto& file : found) there.insert(file.path);
  for (const auto& entry : expected) {
    if (there.count(entry.first) == 0) differences.missing.push_back(entry.first);
  }
  differences.refuse_if_any(checks);
  return found;
}

}  // namespace sigstore
