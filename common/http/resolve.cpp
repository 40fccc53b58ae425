#include "http/resolve.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "base/error.hpp"
#include "base/interrupt.hpp"

namespace http {
namespace {

using Clock = std::chrono::steady_clock;

struct Answer {
  int code = 0;
  std::vector<std::string> addresses;
};

// Shared by the caller and the thread, which may outlive the call.
struct Lookup {
  std::mutex mutex;
  std::condition_variable finished;
  bool done = false;
  Answer answer;
};

Answer look_up(const std::string& host, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* list = nullptr;
  Answer answer;
  answer.code = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (answer.code != 0) return answer;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(entry->ai_addr, entry->ai_addrlen, text.data(), text.size(), nullptr, 0,
                      NI_NUMERICHOST) == 0)
      answer.addresses.emplace_back(text.data());
  }
  ::freeaddrinfo(list);
  return answer;
}

std::shared_ptr<Lookup> start_lookup(const std::string& host) {
  auto lookup = std::make_shared<Lookup>();
  std::thread([lookup, host] {
    auto answer = look_up(host, AI_ADDRCONFIG);
    // AI_ADDRCONFIG hides loopback addresses on a machine without a network.
    if (answer.code != 0) answer = look_up(host, 0);
    const std::lock_guard lock(lookup->mutex);
    lookup->answer = std::move(answer);
    lookup->done = true;
    lookup->finished.notify_one();
  }).detach();
  return lookup;
}

[[noreturn]] void fail(const std::string& host, int code) {
  const bool passing = code == EAI_AGAIN || code == EAI_FAIL || code == EAI_SYSTEM || code == EAI_MEMORY;
  throw base::Error(passing ? base::ErrorKind::unavailable : base::ErrorKind::precondition,
                    "looking up " + host + ": " + ::gai_strerror(code));
}

}  // namespace

std::vector<std::string> resolve_host(const std::string& host, std::chrono::milliseconds limit) {
  const auto numeric = look_up(host, AI_NUMERICHOST);
  if (numeric.code == 0 && !numeric.addresses.empty()) return numeric.addresses;
  const auto lookup = start_lookup(host);
  const auto end = Clock::now() + limit;
  std::unique_lock lock(lookup->mutex);
  while (!lookup->done) {
    lookup->finished.wait_for(lock, std::chrono::milliseconds(100));
    if (lookup->done) break;
    base::check_interrupt();
    if (Clock::now() >= end)
      throw base::Error(base::ErrorKind::unavailable, "looking up " + host + ": no answer");
  }
  if (lookup->answer.code != 0) fail(host, lookup->answer.code);
  if (lookup->answer.addresses.empty()) fail(host, EAI_NONAME);
  return lookup->answer.addresses;
}

}  // namespace http
