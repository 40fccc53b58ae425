#include "data/content.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/files.hpp"
#include "base/interrupt.hpp"
#include "base/json.hpp"
#include "crypto/file_hash.hpp"
#include "crypto/hash.hpp"

namespace data {
namespace {

namespace fs = std::filesystem;

std::string file_md5(const fs::path& path) {
  const auto file = base::open_for_reading(path);
  std::vector<char> buffer(std::size_t{1} << 20U);
  crypto::Hash hash(crypto::HashAlgorithm::md5);
  while (const auto count = base::read_some(file, buffer.data(), buffer.size(), path)) {
    base::check_interrupt();
    hash.update({buffer.data(), count});
  }
  return base::to_hex(hash.finish());
}

// A text as Python's json.dumps writes it: everything beyond ASCII as \uXXXX.
std::string python_json_text(const std::string& text) {
  return base::Json(text).dump(-1, ' ', true);
}

std::string state_of_file(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    const int code = errno;
    throw base::system_error(code, "reading " + path.string());
  }
  return std::to_string(status.st_dev) + "/" + std::to_string(status.st_ino) + "/" +
         std::to_string(status.st_size) + "/" + std::to_string(status.st_mtim.tv_sec) + "." +
         std::to_string(status.st_mtim.tv_nsec) + "/" + std::to_string(status.st_ctim.tv_sec) + "." +
         std::to_string(status.st_ctim.tv_nsec);
}

}  // namespace

Content content_of(const fs::path& path) {
  auto files = crypto::hash_tree(path);
  const bool directory = fs::is_directory(path);
  Content content{directory ? crypto::tree_digest(files) : files.at(0).digest, 0, directory, {}};
  for (const auto& file : files) content.size += file.size;
  content.files = std::move(files);
  return content;
}

std::string dvc_md5(const fs::path& path) {
  if (!fs::is_directory(path)) return file_md5(path);
  std::vector<DvcFile> files;
  for (const auto& file : crypto::hash_tree(path)) files.push_back({file.path, file_md5(path / file.path)});
  return dvc_directory_md5(files);
}

// Python's default JSON form, which DVC hashes: ", " and ": " between, keys sorted.
std::string dvc_directory_md5(const std::vector<DvcFile>& files) {
  std::string list;
  for (const auto& file : files) {
    list += std::string(list.empty() ? "" : ", ") + "{\"md5\": \"" + file.md5 +
            "\", \"relpath\": " + python_json_text(file.path) + "}";
  }
  return base::to_hex(crypto::hash(crypto::HashAlgorithm::md5, "[" + list + "]")) + ".dir";
}

std::string quick_state(const fs::path& path) {
  std::string state = state_of_file(path);
  if (!fs::is_directory(path)) return state;
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const auto& file : files) state += "\n" + file.string() + " " + state_of_file(file);
  return state;
}

}  // namespace data
