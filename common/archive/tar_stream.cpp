// Reading an archive from its plan.
#include <algorithm>
#include <cstring>

#include "archive/tar.hpp"
#include "archive/tar_header.hpp"
#include "base/error.hpp"
#include "base/files.hpp"
#include "base/interrupt.hpp"

namespace archive {
namespace {

class TarStream {
 public:
  explicit TarStream(std::shared_ptr<const TarPlan> plan)
      : plan_(std::move(plan)), next_(plan_->entries().begin()) {}

  std::size_t read(char* buffer, std::size_t size) {
    base::check_interrupt();
    std::size_t filled = 0;
    while (filled < size) {
      const auto count = read_piece(buffer + filled, size - filled);
      if (count == 0 && !advance()) break;
      filled += count;
    }
    return filled;
  }

 private:
  // Some bytes of what is under way; 0 when there are none left.
  std::size_t read_piece(char* buffer, std::size_t size) {
    if (position_ < blocks_.size()) {
      const auto count = std::min(size, blocks_.size() - position_);
      std::memcpy(buffer, blocks_.data() + position_, count);
      position_ += count;
      return count;
    }
    if (left_ == 0) return 0;
    const auto count = base::read_some(
        file_, buffer, static_cast<std::size_t>(std::min<std::uint64_t>(size, left_)), entry_->source);
    if (count == 0) changed();
    left_ -= count;
    return count;
  }

  // Goes on to the padding, the next entry or the end mark; false after that.
  bool advance() {
    if (file_) {
      finish_file();
    } else if (next_ != plan_->entries().end()) {
      start_entry();
    } else if (!ended_) {
      ended_ = true;
      set_blocks(std::string(2 * tar_block, '\0'));
    } else {
      return false;
    }
    return true;
  }

  void start_entry() {
    entry_ = &next_->second;
    set_blocks(tar_header(next_->first, *entry_, plan_->mtime()));
    ++next_;
    if (entry_->kind != TarEntry::Kind::file) return;
    file_ = base::open_for_reading(entry_->source);
    if (stamp_of(entry_->source) != entry_->stamp) changed();
    left_ = entry_->stamp.size;
  }

  void finish_file() {
    if (stamp_of(entry_->source) != entry_->stamp) changed();
    file_.close();
    set_blocks(std::string(tar_padding(entry_->stamp.size), '\0'));
  }

  void set_blocks(std::string blocks) {
    blocks_ = std::move(blocks);
    position_ = 0;
  }

  [[noreturn]] void changed() const {
    throw base::Error(
        base::ErrorKind::input,
        entry_->source.string() + " changed while it was read; run again when nothing writes to it any more");
  }

  std::shared_ptr<const TarPlan> plan_;
  std::map<std::string, TarEntry>::const_iterator next_;
  const TarEntry* entry_ = nullptr;
  std::string blocks_;
  std::size_t position_ = 0;
  base::FileDescriptor file_;
  std::uint64_t left_ = 0;
  bool ended_ = false;
};

}  // namespace

ByteReader read_tar(std::shared_ptr<const TarPlan> plan) {
  // Shared, because a std::function must be copyable.
  auto stream = std::make_shared<TarStream>(std::move(plan));
  return [stream](char* buffer, std::size_t size) { return stream->read(buffer, size); };
}

}  // namespace archive
