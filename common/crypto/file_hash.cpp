#include "crypto/file_hash.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"

namespace crypto {
namespace {

using base::Error;
using base::ErrorKind;
namespace fs = std::filesystem;

constexpr std::size_t buffer_size = std::size_t{1} << 20U;

template <class Sink>
HashedFile read_through(const fs::path& path, Sink&& sink) {
  const auto file = base::open_for_reading(path);
  std::vector<char> buffer(buffer_size);
  Sha256 hash;
  std::uint64_t size = 0;
  while (const auto count = base::read_some(file, buffer.data(), buffer.size(), path)) {
    base::check_interrupt();
    const std::string_view bytes(buffer.data(), count);
    hash.update(bytes);
    sink(bytes);
    size += count;
  }
  return {hash.finish(), size};
}

bool ignored(const std::string& path, const TreeRules& rules) {
  return std::any_of(rules.ignore.begin(), rules.ignore.end(), [&](const std::string& each) {
    return path == each ||
           (path.size() > each.size() && path.compare(0, each.size(), each) == 0 && path[each.size()] == '/');
  });
}

// The relative paths of the regular files under `root`, sorted by their bytes.
std::vector<std::string> list_files(const fs::path& root, const TreeRules& rules) {
  std::vector<std::string> paths;
  const auto options = rules.symlinks == Symlinks::follow ? fs::directory_options::follow_directory_symlink
                                                          : fs::directory_options::none;
  for (auto each = fs::recursive_directory_iterator(root, options);
       each != fs::recursive_directory_iterator(); ++each) {
    base::check_interrupt();
    const auto relative = each->path().lexically_relative(root).generic_string();
    if (ignored(relative, rules)) {
      if (each->is_directory()) each.disable_recursion_pending();
      continue;
    }
    if (!base::is_valid_utf8(relative)) {
      throw Error(ErrorKind::input,
                  root.string() + ": the name '" + base::printable(relative) + "' is not UTF-8");
    }
    if (each->is_symlink() && rules.symlinks == Symlinks::refuse) {
      throw Error(ErrorKind::input,
                  each->path().string() + " is a symbolic link; replace it by what it points to");
    }
    if (each->is_directory()) continue;
    if (!each->is_regular_file())
      throw Error(ErrorKind::input, each->path().string() + " is not a regular file");
    paths.push_back(relative);
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

base::FileEntry hash_entry(const fs::path& file, std::string relative) {
  const auto before = fs::file_size(file);
  const auto hashed = hash_file(file);
  if (hashed.size != before) throw Error(ErrorKind::input, file.string() + " changed while it was read");
  const bool executable = (fs::status(file).permissions() & fs::perms::owner_exec) != fs::perms::none;
  return {std::move(relative), hashed.size, executable, hashed.digest};
}

}  // namespace

HashedFile hash_file(const fs::path& path) {
  return read_through(path, [](std::string_view) {});
}

HashedFile copy_file(const fs::path& source, base::AtomicFile& target) {
  return read_through(source, [&](std::string_view bytes) { target.write(bytes); });
}

base::FileTree hash_tree(const fs::path& root, const TreeRules& rules) {
  std::error_code code;
  const auto status = fs::status(root, code);
  if (!fs::exists(status))
    throw Error(ErrorKind::precondition, root.string() + ": no such file or directory");
  if (fs::is_regular_file(status)) return {hash_entry(root, root.filename().string())};
  if (!fs::is_directory(status))
    throw Error(ErrorKind::input, root.string() + " is neither a file nor a directory");

  const auto paths = list_files(root, rules);
  std::vector<std::optional<base::FileEntry>> entries(paths.size());
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto work = [&] {
    try {
      for (std::size_t i = next++; i < paths.size(); i = next++)
        entries[i] = hash_entry(root / paths[i], paths[i]);
    } catch (...) {
      const std::lock_guard lock(failure_mutex);
      failure = std::current_exception();
      next = paths.size();
    }
  };
  const auto helpers = std::min<std::size_t>(std::max(1U, std::thread::hardware_concurrency()), paths.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < helpers; ++i) threads.emplace_back(work);
    work();
  }
  if (failure) std::rethrow_exception(failure);
  base::FileTree tree;
  for (auto& entry : entries) tree.push_back(std::move(*entry));
  return tree;
}

base::Digest tree_digest(const base::FileTree& tree) {
  Sha256 hash;
  for (const auto& entry : tree) {
    hash.update(entry.digest.hex());
    hash.update("  " + entry.path + "\n");
  }
  return hash.finish();
}

}  // namespace crypto
