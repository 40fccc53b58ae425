#include "archive/tar.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>
#include <vector>

#include "archive/tar_header.hpp"
#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/text.hpp"

namespace archive {
namespace {

using base::Error;
using base::ErrorKind;
namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& path, std::string_view reason) {
  throw Error(ErrorKind::input, "'" + base::printable(path, 300) + "' " + std::string(reason));
}

void check_path(const std::string& path) {
  if (!base::is_valid_utf8(path)) refuse(path, "is not UTF-8; rename the file");
  if (path.find('\0') != std::string::npos) refuse(path, "contains a NUL byte");
  for (const auto& part : base::split(path, '/')) {
    if (part.empty() || part == "." || part == "..")
      refuse(path, "is not a plain path below the root of the image; write it without '.', '..' and '//'");
    if (part.rfind(".wh.", 0) == 0)
      refuse(path, "would be read as a deletion, because '.wh.' begins its name; rename the file");
  }
}

std::string joined(const std::string& directory, const std::string& name) {
  return directory.empty() ? name : directory + "/" + name;
}

// Whether a relative link at `path` leads above the root. An absolute one is relative to the image's root.
bool climbs_out(const std::string& path, const std::string& target) {
  auto depth = static_cast<long>(base::split(path, '/').size()) - 1;
  if (!target.empty() && target.front() == '/') depth = 0;
  for (const auto& part : base::split(target, '/')) {
    if (part.empty() || part == ".") continue;
    depth += part == ".." ? -1 : 1;
    if (depth < 0) return true;
  }
  return false;
}

struct stat status_of(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) throw base::system_error(errno, "reading " + path.string());
  return status;
}

FileStamp stamp_from(const struct stat& status) {
  constexpr std::int64_t per_second = 1'000'000'000;
  return {static_cast<std::uint64_t>(status.st_size), status.st_ino,
          status.st_mtim.tv_sec * per_second + status.st_mtim.tv_nsec};
}

// In the order of the disk: the plan sorts.
std::vector<fs::path> children(const fs::path& directory) {
  std::error_code code;
  std::vector<fs::path> found;
  for (fs::directory_iterator each(directory, code); !code && each != fs::directory_iterator();
       each.increment(code))
    found.push_back(each->path());
  if (code) throw base::system_error(code.value(), "reading " + directory.string());
  return found;
}

}  // namespace

FileStamp stamp_of(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) throw base::system_error(errno, "reading " + file.string());
  if (!S_ISREG(status.st_mode)) refuse(file.string(), "is not a regular file; only files can be archived");
  return stamp_from(status);
}

void TarPlan::add(const std::string& path, TarEntry entry) {
  check_path(path);
  const auto slash = path.rfind('/');
  if (slash != std::string::npos) add_directory(path.substr(0, slash));
  if (!entries_.emplace(path, std::move(entry)).second)
    refuse(path, "is planned twice for one layer; give each file its own place");
}

void TarPlan::add_directory(const std::string& path) {
  const auto found = entries_.find(path);
  if (found == entries_.end()) return add(path, {.kind = TarEntry::Kind::directory});
  if (found->second.kind != TarEntry::Kind::directory)
    refuse(path, "is a file, and other files are to be placed in it as if it were a directory");
}

void TarPlan::add_file(const fs::path& source, const std::string& path) {
  struct stat status {};
  if (::stat(source.c_str(), &status) != 0) throw base::system_error(errno, "reading " + source.string());
  TarEntry entry{.kind = TarEntry::Kind::file, .source = source, .stamp = stamp_of(source)};
  entry.executable = (status.st_mode & S_IXUSR) != 0;
  add(path, std::move(entry));
}

void TarPlan::add_link(const fs::path& source, const std::string& path) {
  std::error_code code;
  const auto target = fs::read_symlink(source, code).string();
  if (code) throw base::system_error(code.value(), "reading " + source.string());
  if (climbs_out(path, target))
    refuse(source.string(), "is a symbolic link to '" + base::printable(target, 300) +
                                "', which is outside the image; replace it by what it points to");
  add(path, {.kind = TarEntry::Kind::symlink, .target = target});
}

void TarPlan::add_tree(const fs::path& source, const std::string& path, Links links) {
  base::check_interrupt();
  if (!path.empty()) add_directory(path);
  for (const auto& child : children(source)) {
    const auto name = joined(path, child.filename().string());
    const auto mode = status_of(child).st_mode;
    if (S_ISDIR(mode)) {
      add_tree(child, name, links);
    } else if (S_ISREG(mode)) {
      add_file(child, name);
    } else if (S_ISLNK(mode) && links == Links::keep) {
      add_link(child, name);
    } else if (S_ISLNK(mode)) {
      refuse(child.string(), "is a symbolic link; replace it by what it points to");
    } else {
      refuse(child.string(),
             "is a device, socket or FIFO; only files, directories and links can be archived");
    }
  }
}

std::uint64_t TarPlan::size() const {
  std::uint64_t total = 2 * tar_block;
  for (const auto& [path, entry] : entries_) {
    total += tar_header(path, entry, mtime_).size();
    if (entry.kind == TarEntry::Kind::file) total += entry.stamp.size + tar_padding(entry.stamp.size);
  }
  return total;
}

}  // namespace archive
