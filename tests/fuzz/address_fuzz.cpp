// Addresses and header values that servers choose: Location, WWW-Authenticate, Retry-After.
#include <cstdlib>

#include "fuzz/fuzz.hpp"
#include "http/backoff.hpp"
#include "http/proxy.hpp"
#include "http/url.hpp"
#include "oci/challenge.hpp"
#include "oci/private_address.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text(data, size);
  static const auto base = http::Url::parse("https://registry.example/v2/a/b?x=1");
  fuzz::expect_value_or_error([&] {
    const auto url = http::Url::parse(text);
    if (http::Url::parse(url.text()).text() != url.text()) std::abort();
    oci::is_private_address(url.host);
    oci::check_target(base, url);
  });
  fuzz::expect_value_or_error([&] {
    const auto url = base.resolve(text);
    if (url.target.find_first_of("\r\n ") != std::string::npos) std::abort();
  });
  fuzz::expect_value_or_error([&] { http::percent_decode(text); });
  oci::parse_challenges(text);
  http::parse_retry_after(text, std::chrono::system_clock::time_point());
  http::bypasses_proxy(text, "10.1.2.3", "443");
  http::bypasses_proxy(text, "a.example", "443");
  return 0;
}
