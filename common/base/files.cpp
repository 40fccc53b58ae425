#include "base/files.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <vector>

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/text.hpp"

namespace base {
namespace {

[[noreturn]] void fail(const fs::path& path, std::string_view action) {
  const int code = errno;
  throw system_error(code, std::string(action) + " " + path.string());
}

// A name beside `target` that no other process or thread uses. Random: in containers every process may have
// the number 1, so a name made of it could be that of a killed run or of another machine.
fs::path name_beside(const fs::path& target) {
  std::array<char, 8> random{};
  if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size()))
    fail(target, "choosing a temporary name for");
  const auto name = "." + target.filename().string() + "." +
                    to_hex(std::string_view(random.data(), random.size())) + ".tmp";
  return target.parent_path() / name;
}

fs::path parent_or_here(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

void sync_tree(const fs::path& directory) {
  std::vector<fs::path> directories{directory};
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_directory() && !entry.is_symlink()) directories.push_back(entry.path());
    if (!entry.is_regular_file() || entry.is_symlink()) continue;
    const FileDescriptor file(::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC));
    if (!file || ::fsync(file.get()) != 0) fail(entry.path(), "syncing");
  }
  for (const auto& each : directories) sync_directory(each);
}

}  // namespace

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    close();
    descriptor_ = std::exchange(other.descriptor_, -1);
  }
  return *this;
}

FileDescriptor::~FileDescriptor() {
  close();
}

void FileDescriptor::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

FileDescriptor open_for_reading(const fs::path& path) {
  // O_NONBLOCK so that opening a FIFO does not wait for a writer; it changes nothing for regular files.
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) fail(path, "reading");
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail(path, "reading");
  if (!S_ISREG(status.st_mode)) {
    throw Error(ErrorKind::input,
                path.string() + " is not a regular file; expected a file that can be read twice");
  }
  return file;
}

std::size_t read_some(const FileDescriptor& file, char* buffer, std::size_t size, const fs::path& path) {
  while (true) {
    const auto count = ::read(file.get(), buffer, size);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) fail(path, "reading");
  }
}

void write_all(const FileDescriptor& file, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const auto count = ::write(file.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path, "writing");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::string read_file(const fs::path& path, std::uintmax_t limit) {
  const FileDescriptor file = open_for_reading(path);
  std::string content;
  std::array<char, 65536> buffer{};
  while (const auto count = read_some(file, buffer.data(), buffer.size(), path)) {
    content.append(buffer.data(), count);
    if (content.size() > limit) {
      throw Error(ErrorKind::input,
                  path.string() + " is larger than " + human_bytes(limit) + ", the limit here");
    }
  }
  return content;
}

std::optional<std::string> read_file_if_exists(const fs::path& path, std::uintmax_t limit) {
  std::error_code code;
  const auto status = fs::status(path, code);
  if (status.type() == fs::file_type::not_found) return std::nullopt;
  return read_file(path, limit);
}

void write_file(const fs::path& path, std::string_view bytes, unsigned mode) {
  make_directories(parent_or_here(path));
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) mode = status.st_mode & 07777U;
  AtomicFile file(path, mode);
  file.write(bytes);
  file.commit();
}

bool write_file_if_different(const fs::path& path, std::string_view bytes, unsigned mode) {
  std::error_code error;
  const bool same_size = fs::file_size(path, error) == bytes.size() && !error;
  if (same_size && read_file_if_exists(path, bytes.size()) == bytes) return false;
  write_file(path, bytes, mode);
  return true;
}

AtomicFile::AtomicFile(fs::path target, unsigned mode)
    : target_(std::move(target)),
      temporary_(name_beside(target_)),
      file_(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
  if (!file_) fail(target_, "writing");
  if (::fchmod(file_.get(), mode) != 0) fail(target_, "setting the mode of");
}

AtomicFile::~AtomicFile() {
  if (!committed_) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
  write_all(file_, bytes, target_);
}

void AtomicFile::commit() {
  commit_as(target_);
}

void AtomicFile::commit_as(const fs::path& target) {
  if (::fsync(file_.get()) != 0) fail(target, "writing");
  if (::rename(temporary_.c_str(), target.c_str()) != 0) fail(target, "replacing");
  committed_ = true;
  sync_directory(parent_or_here(target));
}

StagedDirectory::StagedDirectory(fs::path target)
    : target_(std::move(target)), staging_(name_beside(target_)) {
  make_directories(parent_or_here(target_));
  if (::mkdir(staging_.c_str(), 0755) != 0) fail(staging_, "making");
}

StagedDirectory::~StagedDirectory() {
  std::error_code ignored;
  if (!committed_) fs::remove_all(staging_, ignored);
}

bool StagedDirectory::commit() {
  sync_tree(staging_);
  // renameat2 by system call: RENAME_NOREPLACE makes "first wins" one step.
  const auto renamed =
      ::syscall(SYS_renameat2, AT_FDCWD, staging_.c_str(), AT_FDCWD, target_.c_str(), RENAME_NOREPLACE);
  if (renamed != 0) {
    if (errno == EEXIST) return false;
    fail(target_, "publishing");
  }
  committed_ = true;
  sync_directory(parent_or_here(target_));
  return true;
}

void StagedDirectory::replace() {
  if (commit()) return;
  if (::syscall(SYS_renameat2, AT_FDCWD, staging_.c_str(), AT_FDCWD, target_.c_str(), RENAME_EXCHANGE) != 0) {
    fail(target_, "replacing");
  }
  // What was there now bears the staging name, and the destructor removes it.
  sync_directory(parent_or_here(target_));
}

void publish(const fs::path& finished, const fs::path& target) {
  if (fs::is_directory(finished)) {
    sync_tree(finished);
  } else {
    const FileDescriptor file(::open(finished.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file || ::fsync(file.get()) != 0) fail(finished, "syncing");
  }
  const auto rename = [&](unsigned flags) {
    return ::syscall(SYS_renameat2, AT_FDCWD, finished.c_str(), AT_FDCWD, target.c_str(), flags) == 0;
  };
  // A directory cannot replace another one, nor a file a directory, except by exchange.
  const bool plain = !fs::is_directory(finished) && !fs::is_directory(target);
  if (plain ? !rename(0) : !rename(RENAME_NOREPLACE) && (errno != EEXIST || !rename(RENAME_EXCHANGE)))
    fail(target, "publishing");
  sync_directory(parent_or_here(target));
}

TemporaryDirectory::TemporaryDirectory() {
  auto pattern = (fs::temp_directory_path() / "mlsteps.XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) fail(pattern, "making the temporary directory");
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

FileLock::FileLock(const fs::path& path, std::chrono::milliseconds wait) {
  make_directories(parent_or_here(path));
  file_ = FileDescriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!file_) fail(path, "locking");
  const auto give_up = std::chrono::steady_clock::now() + wait;
  while (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) fail(path, "locking");
    if (std::chrono::steady_clock::now() >= give_up) {
      throw Error(ErrorKind::precondition, "another process holds the lock " + path.string() +
                                               "; wait for it to finish and run again");
    }
    interruptible_sleep(std::chrono::milliseconds(10));
  }
}

void sync_directory(const fs::path& directory) {
  const FileDescriptor file(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file) fail(directory, "syncing");
  // EINVAL: some network file systems cannot sync a directory and need not.
  if (::fsync(file.get()) != 0 && errno != EINVAL) fail(directory, "syncing");
}

void make_directories(const fs::path& directory) {
  std::error_code code;
  fs::create_directories(directory, code);
  if (code && !fs::is_directory(directory))
    throw system_error(code.value(), "making the directory " + directory.string());
}

fs::path safe_join(const fs::path& root, std::string_view relative) {
  bool safe = !relative.empty() && relative.find('\0') == std::string_view::npos;
  for (const auto& part : split(relative, '/')) safe = safe && !part.empty() && part != "." && part != "..";
  if (!safe) {
    throw Error(ErrorKind::input,
                "'" + printable(relative, 200) + "' is not a relative path inside " + root.string());
  }
  return root / relative;
}

}  // namespace base
