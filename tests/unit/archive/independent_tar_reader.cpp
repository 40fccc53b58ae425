#include "independent_tar_reader.hpp"

#include <archive.h>
#include <archive_entry.h>

#include "support/catch.hpp"

namespace independent_tar {

std::vector<Member> members(const std::string& tar) {
  std::vector<Member> found;
  auto* reader = archive_read_new();
  archive_read_support_format_tar(reader);
  REQUIRE(archive_read_open_memory(reader, tar.data(), tar.size()) == ARCHIVE_OK);
  archive_entry* entry = nullptr;
  while (archive_read_next_header(reader, &entry) == ARCHIVE_OK) {
    CHECK(archive_entry_uid(entry) == 0);
    CHECK(archive_entry_gid(entry) == 0);
    const char* link = archive_entry_symlink(entry);
    Member member{archive_entry_pathname(entry), "",
                  link == nullptr ? "" : link,   archive_entry_mode(entry),
                  archive_entry_mtime(entry),    static_cast<std::uint64_t>(archive_entry_size(entry))};
    if (member.size < (1U << 20U)) {
      member.content.resize(static_cast<std::size_t>(member.size));
      archive_read_data(reader, member.content.data(), member.content.size());
    }
    found.push_back(std::move(member));
  }
  CHECK(archive_format(reader) == ARCHIVE_FORMAT_TAR_GNUTAR);
  archive_read_free(reader);
  return found;
}

}  // namespace independent_tar
