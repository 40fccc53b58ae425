#include "model_registry/journal.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/text.hpp"

namespace model_registry {
namespace {

constexpr auto size_limit = std::uintmax_t{1} << 30U;

[[noreturn]] void fail(const std::filesystem::path& file, std::string_view action) {
  const int code = errno;
  throw base::system_error(code, std::string(action) + " " + file.string());
}

// Cuts the file back to `size` unless it was told to keep what was added.
class Addition {
 public:
  Addition(const base::FileDescriptor& file, std::size_t size) : file_(file), size_(size) {}
  Addition(const Addition&) = delete;
  Addition& operator=(const Addition&) = delete;
  ~Addition() {
    // Without success there is a torn line, which readers leave out and the next writer removes.
    if (!kept_ && ::ftruncate(file_.get(), static_cast<off_t>(size_)) != 0) return;
  }
  void keep() { kept_ = true; }

 private:
  const base::FileDescriptor& file_;
  std::size_t size_;
  bool kept_ = false;
};

}  // namespace

std::vector<std::string> Journal::lines() const {
  const auto content = base::read_file_if_exists(file_, size_limit);
  if (!content) return {};
  auto lines = base::split(*content, '\n');
  // What follows the last line feed: nothing, or a line that was never finished.
  lines.pop_back();
  return lines;
}

void Journal::append(const std::string& line) {
  if (line.find('\n') != std::string::npos) {
    throw base::Error(base::ErrorKind::internal, "a journal line holds a line feed");
  }
  const auto before = base::read_file_if_exists(file_, size_limit);
  const auto end = before ? before->rfind('\n') : std::string::npos;
  const std::size_t whole = end == std::string::npos ? 0 : end + 1;
  base::make_directories(file_.parent_path());
  const base::FileDescriptor file(::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!file) fail(file_, "writing");
  if (before && whole != before->size() && ::ftruncate(file.get(), static_cast<off_t>(whole)) != 0) {
    fail(file_, "cutting the unfinished line of");
  }
  Addition addition(file, whole);
  base::write_all(file, line + "\n", file_);
  if (::fsync(file.get()) != 0) fail(file_, "syncing");
  addition.keep();
  if (!before) base::sync_directory(file_.parent_path());
}

}  // namespace model_registry
