#include "blob_relay.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <string>

#include "base/error.hpp"

namespace build_pin_digest {
namespace {

constexpr std::size_t most_waiting = std::size_t{4} << 20U;  // bytes between the two ends

class Relay {
 public:
  Relay(std::shared_ptr<oci::Repository> from, oci::Descriptor blob)
      : from_(std::move(from)), blob_(std::move(blob)) {
    reading_ = std::async(std::launch::async, [this] { read_all(); });
  }
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  ~Relay() {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
    changed_.notify_all();
    // The members are destroyed after this: reading_ first, and it waits for its thread.
  }

  std::size_t read(char* buffer, std::size_t size) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !waiting_.empty() || ended_; });
    if (waiting_.empty()) {
      lock.unlock();
      if (reading_.valid()) reading_.get();  // throws what ended it
      return 0;
    }
    auto& piece = waiting_.front();
    const auto count = std::min(size, piece.size() - taken_);
    piece.copy(buffer, count, taken_);
    taken_ += count;
    bytes_waiting_ -= count;
    if (taken_ == piece.size()) {
      waiting_.pop_front();
      taken_ = 0;
    }
    changed_.notify_all();
    return count;
  }

 private:
  struct AtEnd {
    Relay& relay;
    ~AtEnd() {
      const std::lock_guard lock(relay.mutex_);
      relay.ended_ = true;
      relay.changed_.notify_all();
    }
  };

  void read_all() {
    const AtEnd at_end{*this};
    // After a retry the blob comes from its beginning again: what went on already is left out. The target
    // checks the digest of what it got, so a blob that differs the second time is refused.
    from_->read_blob(blob_, {.restart = [this] { to_skip_ = passed_; },
                             .write = [this](std::string_view bytes) { accept(bytes); }});
  }

  void accept(std::string_view bytes) {
    const auto known = std::min<std::uint64_t>(to_skip_, bytes.size());
    to_skip_ -= known;
    bytes.remove_prefix(static_cast<std::size_t>(known));
    if (bytes.empty()) return;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return bytes_waiting_ < most_waiting || abandoned_; });
    if (abandoned_) throw base::Error(base::ErrorKind::unavailable, "the copy was given up");
    waiting_.emplace_back(bytes);
    bytes_waiting_ += bytes.size();
    passed_ += bytes.size();
    changed_.notify_all();
  }

  std::shared_ptr<oci::Repository> from_;
  oci::Descriptor blob_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> waiting_;
  std::size_t taken_ = 0;  // of the first piece
  std::size_t bytes_waiting_ = 0;
  bool ended_ = false;
  bool abandoned_ = false;
  std::uint64_t passed_ = 0;   // used by the reading thread only
  std::uint64_t to_skip_ = 0;  // as above
  std::future<void> reading_;  // last: destroyed first
};

}  // namespace

http::BodySource relayed_blob(std::shared_ptr<oci::Repository> from, const oci::Descriptor& blob) {
  return {blob.size, [from = std::move(from), blob] {
            auto relay = std::make_shared<Relay>(from, blob);
            return [relay](char* buffer, std::size_t size) { return relay->read(buffer, size); };
          }};
}

}  // namespace build_pin_digest
