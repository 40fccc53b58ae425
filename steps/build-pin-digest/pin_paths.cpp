#include "pin_paths.hpp"

#include <glob.h>

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/text.hpp"

namespace build_pin_digest {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;

std::vector<fs::path> matches(const std::string& pattern) {
  glob_t found{};
  const int code = ::glob(pattern.c_str(), GLOB_ERR, nullptr, &found);
  std::vector<fs::path> paths;
  for (std::size_t i = 0; code == 0 && i < found.gl_pathc; ++i) paths.emplace_back(found.gl_pathv[i]);
  ::globfree(&found);
  if (code == GLOB_ABORTED || code == GLOB_NOSPACE)
    throw Error(ErrorKind::precondition,
                base::printable(pattern, 300) + ": a directory of it cannot be read");
  return paths;
}

bool is_yaml(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml";
}

void add_directory(const fs::path& directory, std::vector<fs::path>& files) {
  std::error_code code;
  auto each = fs::recursive_directory_iterator(directory, code);
  for (; !code && each != fs::recursive_directory_iterator(); each.increment(code)) {
    base::check_interrupt();
    const bool hidden = each->path().filename().string().front() == '.';
    if (each->is_directory(code) && hidden) each.disable_recursion_pending();
    if (!hidden && is_yaml(each->path()) && each->is_regular_file(code)) files.push_back(each->path());
  }
  if (code) throw base::system_error(code.value(), "reading " + directory.string());
}

void add_path(const fs::path& path, std::vector<fs::path>& files) {
  if (!fs::is_directory(path)) {
    files.push_back(path);
    return;
  }
  const auto before = files.size();
  add_directory(path, files);
  if (files.size() == before) {
    throw Error(ErrorKind::precondition,
                path.string() + ": no *.yaml or *.yml under this directory; expected manifests");
  }
}

}  // namespace

std::vector<fs::path> manifest_files(const std::vector<std::string>& paths) {
  std::vector<fs::path> files;
  for (const auto& path : paths) {
    const bool pattern = path.find_first_of("*?[") != std::string::npos && !fs::exists(path);
    const auto found = pattern ? matches(path) : std::vector<fs::path>{path};
    if (found.empty() || !fs::exists(found.front())) {
      throw Error(ErrorKind::precondition, "'" + base::printable(path, 300) +
                                               "' names no file; expected a manifest, a directory or a glob");
    }
    for (const auto& each : found) add_path(each, files);
  }
  std::sort(files.begin(), files.end());
  std::set<fs::path> seen;
  std::vector<fs::path> distinct;
  for (const auto& file : files) {
    if (seen.insert(fs::weakly_canonical(file)).second) distinct.push_back(file);
  }
  return distinct;
}

}  // namespace build_pin_digest
