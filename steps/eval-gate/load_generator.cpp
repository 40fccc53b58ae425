#include "load_generator.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <future>
#include <thread>

#include "base/interrupt.hpp"
#include "base/text.hpp"
#include "endpoint.hpp"
#include "http/transport.hpp"

namespace eval_gate {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::size_t most_error_kinds = 20;

// What all senders share.
struct Schedule {
  const Load& load;
  Clock::time_point start;
  std::uint64_t warm_up;
  std::uint64_t total;
  Clock::time_point give_up;  // what is due and not sent by then is an error
  std::atomic<std::uint64_t> next{0};

  Clock::time_point due(std::uint64_t number) const {
    return start + std::chrono::duration_cast<Clock::duration>(
                       std::chrono::duration<double>(static_cast<double>(number) / load.rate));
  }
};

// What one sender saw.
struct Record {
  std::vector<double> latencies_ms;
  std::map<std::string, std::uint64_t> errors;
  std::uint64_t sent = 0;
  Clock::time_point first_sent = Clock::time_point::max();
  Clock::time_point last_sent = Clock::time_point::min();

  void add_error(const std::string& text) {
    const bool room = errors.size() < most_error_kinds || errors.count(text) != 0;
    ++errors[room ? text : "other errors"];
  }
};

// The last milliseconds are slept without a look at the interruption: that keeps the time.
void wait_until(Clock::time_point due) {
  constexpr std::chrono::milliseconds fine{20};
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(due - Clock::now());
  if (left > fine) base::interruptible_sleep(left - fine);
  std::this_thread::sleep_until(due);
}

void send_one(http::Transport& transport, const Schedule& schedule, std::uint64_t number, Record& record) {
  const auto& load = schedule.load;
  const bool measured = number >= schedule.warm_up;
  const auto sent_at = Clock::now();
  if (sent_at > schedule.give_up) {
    if (measured) record.add_error("not sent: every connection was still waiting for an answer");
    return;
  }
  const auto index = static_cast<std::size_t>(number % load.requests.size());
  const auto answer = exchange(transport, load.requests[index], load.timeout);
  const auto answered_at = Clock::now();
  if (!measured) return;
  ++record.sent;
  record.first_sent = std::min(record.first_sent, sent_at);
  record.last_sent = std::max(record.last_sent, sent_at);
  const std::string fault = answer.response ? load.fault(index, *answer.response) : answer.failure;
  if (fault.empty()) {
    record.latencies_ms.push_back(Milliseconds(answered_at - schedule.due(number)).count());
  } else {
    record.add_error(base::printable(fault, 300));
  }
}

Record send_all(Schedule& schedule) {
  Record record;
  const auto transport = http::make_transport();
  for (auto number = schedule.next++; number < schedule.total; number = schedule.next++) {
    base::check_interrupt();
    wait_until(schedule.due(number));
    send_one(*transport, schedule, number, record);
  }
  return record;
}

LoadAnswer merged(const std::vector<Record>& records, std::uint64_t measured) {
  LoadAnswer answer;
  answer.measured = measured;
  auto first = Clock::time_point::max();
  auto last = Clock::time_point::min();
  std::uint64_t sent = 0;
  for (const auto& record : records) {
    answer.latencies_ms.insert(answer.latencies_ms.end(), record.latencies_ms.begin(),
                               record.latencies_ms.end());
    for (const auto& [text, count] : record.errors) answer.errors[text] += count;
    sent += record.sent;
    first = std::min(first, record.first_sent);
    last = std::max(last, record.last_sent);
  }
  std::sort(answer.latencies_ms.begin(), answer.latencies_ms.end());
  const double seconds = sent < 2 ? 0 : std::chrono::duration<double>(last - first).count();
  if (seconds > 0) answer.achieved_rate = static_cast<double>(sent - 1) / seconds;
  return answer;
}

std::uint64_t requests_in(std::chrono::milliseconds duration, double rate) {
  return static_cast<std::uint64_t>(std::llround(static_cast<double>(duration.count()) / 1000 * rate));
}

}  // namespace

std::uint64_t Load::warm_up_requests() const {
  return requests_in(warm_up, rate);
}

std::uint64_t Load::measured_requests() const {
  return requests_in(duration, rate);
}

std::uint64_t LoadAnswer::error_count() const {
  std::uint64_t count = 0;
  for (const auto& [text, each] : errors) count += each;
  return count;
}

LoadAnswer generate(const Load& load) {
  const auto start = Clock::now() + std::chrono::milliseconds(20);  // until all senders are there
  const auto warm_up = load.warm_up_requests();
  const auto measured = load.measured_requests();
  Schedule schedule{
      load, start, warm_up, warm_up + measured, start + load.warm_up + load.duration + load.timeout, {}};
  std::vector<std::future<Record>> senders;
  senders.reserve(load.connections);
  for (std::size_t i = 0; i < load.connections; ++i)
    senders.push_back(std::async(std::launch::async, [&schedule] { return send_all(schedule); }));
  std::vector<Record> records;
  records.reserve(senders.size());
  for (auto& sender : senders) records.push_back(sender.get());
  return merged(records, measured);
}

}  // namespace eval_gate
