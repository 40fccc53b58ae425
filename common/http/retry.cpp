#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/log.hpp"
#include "http/backoff.hpp"
#include "http/errors.hpp"
#include "http/transport.hpp"

namespace http {
namespace {

using base::Error;
using base::ErrorKind;

std::string tried(int times) {
  return times == 1 ? "" : ", tried " + std::to_string(times) + " times";
}

class Retrying : public Transport {
 public:
  Retrying(Transport& inner, RetryPolicy policy) : inner_(inner), policy_(policy) {}

  Response send(const Request& request, const Limits& limits) override {
    const int most = is_repeatable(request) ? policy_.tries : 1;
    for (int number = 1;; ++number) {
      auto attempt = try_once(request, limits, number, number >= most);
      if (attempt.response) return std::move(*attempt.response);
      base::log_warning("trying again: " + attempt.failure);
      base::in_context(attempt.failure + tried(number), [&] { base::interruptible_sleep(attempt.delay); });
    }
  }

 private:
  // An answer to hand out, or why and when to try again.
  struct Attempt {
    std::optional<Response> response;
    std::string failure;
    std::chrono::milliseconds delay{0};
  };

  Attempt try_once(const Request& request, const Limits& limits, int number, bool last) {
    try {
      auto response = inner_.send(request, limits);
      response.tries = number;
      if (last || !is_retryable(response.status)) return Attempt{std::move(response), "", {}};
      const auto delay = retry_delay(policy_, number, &response);
      return Attempt{std::nullopt, describe(request) + ": " + status_text(response.status), delay};
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::unavailable) throw;
      if (last) throw Error(error.kind(), error.message() + tried(number));
      return Attempt{std::nullopt, error.message(), retry_delay(policy_, number, nullptr)};
    }
  }

  Transport& inner_;
  RetryPolicy policy_;
};

}  // namespace

bool is_repeatable(const Request& request) {
  if (request.idempotent) return *request.idempotent;
  return request.method == "GET" || request.method == "HEAD" || request.method == "PUT" ||
         request.method == "DELETE" || request.method == "OPTIONS";
}

std::unique_ptr<Transport> make_retrying(Transport& inner, RetryPolicy policy) {
  return std::make_unique<Retrying>(inner, policy);
}

}  // namespace http
