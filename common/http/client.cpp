#include "http/transport.hpp"

namespace http {

Client::Client(TlsSettings tls, RetryPolicy policy)
    : wire_(make_transport(std::move(tls))),
      retrying_(make_retrying(*wire_, policy)),
      redirecting_(make_redirecting(*retrying_)) {}

Response Client::send(const Request& request, const Limits& limits) {
  return redirecting_->send(request, limits);
}

}  // namespace http
