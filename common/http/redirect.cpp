#include "base/error.hpp"
#include "base/log.hpp"
#include "http/errors.hpp"
#include "http/transport.hpp"

namespace http {
namespace {

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

class Redirecting : public Transport {
 public:
  Redirecting(Transport& inner, int most, std::vector<std::string> secret_headers)
      : inner_(inner), most_(most), secret_headers_(std::move(secret_headers)) {
    secret_headers_.insert(secret_headers_.end(), {"Authorization", "Cookie", "Proxy-Authorization"});
  }

  Response send(const Request& request, const Limits& limits) override {
    if (request.method != "GET" && request.method != "HEAD") return inner_.send(request, limits);
    auto current = request;
    for (int followed = 0;; ++followed) {
      auto response = inner_.send(current, limits);
      const auto location = response.headers.get("Location");
      if (!is_redirect(response.status) || !location) return response;
      if (followed == most_)
        throw base::Error(base::ErrorKind::precondition,
                          describe(request) + ": more than " + std::to_string(most_) + " redirects");
      follow(current, *location);
    }
  }

 private:
  void follow(Request& request, const std::string& location) const {
    const auto next = request.url.resolve(location);
    if (request.url.scheme == "https" && next.scheme == "http")
      throw base::Error(base::ErrorKind::precondition, describe(request) + ": redirects to " +
                                                           base::redact_url(next.text()) +
                                                           ", from https to http, which is refused");
    if (!next.same_origin(request.url))
      for (const auto& name : secret_headers_) request.headers.remove(name);
    request.url = next;
  }

  Transport& inner_;
  int most_;
  std::vector<std::string> secret_headers_;
};

}  // namespace

std::unique_ptr<Transport> make_redirecting(Transport& inner, int most,
                                            std::vector<std::string> secret_headers) {
  return std::make_unique<Redirecting>(inner, most, std::move(secret_headers));
}

}  // namespace http
