#include "http/message.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/text.hpp"

namespace http {
namespace {

bool same_name(std::string_view left, std::string_view right) {
  return left.size() == right.size() && base::to_lower(left) == base::to_lower(right);
}

// The state of one pass over a part of a file.
struct FilePart {
  base::FileDescriptor file;
  std::filesystem::path path;
  std::uint64_t left;

  std::size_t read(char* buffer, std::size_t size) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, size));
    if (wanted == 0) return 0;
    const auto count = base::read_some(file, buffer, wanted, path);
    if (count == 0)
      throw base::Error(base::ErrorKind::input, path.string() + ": became shorter while it was sent");
    left -= count;
    return count;
  }
};

}  // namespace

void Headers::set(std::string_view name, std::string value) {
  remove(name);
  add(name, std::move(value));
}

void Headers::add(std::string_view name, std::string value) {
  fields_.emplace_back(std::string(name), std::move(value));
}

void Headers::remove(std::string_view name) {
  fields_.erase(std::remove_if(fields_.begin(), fields_.end(),
                               [&](const auto& field) { return same_name(field.first, name); }),
                fields_.end());
}

std::optional<std::string> Headers::get(std::string_view name) const {
  for (const auto& field : fields_)
    if (same_name(field.first, name)) return field.second;
  return std::nullopt;
}

std::vector<std::string> Headers::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& field : fields_)
    if (same_name(field.first, name)) values.push_back(field.second);
  return values;
}

BodySource file_body(const std::filesystem::path& path, std::uint64_t offset, std::uint64_t size) {
  return BodySource{size, [path, offset, size] {
                      auto part = std::make_shared<FilePart>();
                      part->file = base::open_for_reading(path);
                      part->path = path;
                      part->left = size;
                      if (::lseek(part->file.get(), static_cast<off_t>(offset), SEEK_SET) < 0)
                        throw base::system_error(errno, path.string());
                      return [part](char* buffer, std::size_t room) { return part->read(buffer, room); };
                    }};
}

}  // namespace http
