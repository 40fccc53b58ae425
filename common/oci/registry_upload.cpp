// Uploads of blobs (distribution-spec 1.1, "Pushing blobs").
//
// A blob's digest is known beforehand, so a small one goes by POST and PUT, a larger one by POST, one PATCH
// and an empty PUT, which is what most clients do and so what every registry is used to. Neither PATCH nor
// PUT with a body is repeated as it is: after a failure nobody knows how much has arrived, so the upload
// starts anew.
#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "http/backoff.hpp"
#include "http/errors.hpp"
#include "oci/private_address.hpp"
#include "oci/registry.hpp"

namespace oci {
namespace {

using base::Error;
using base::ErrorKind;

constexpr int most_uploads = 6;
constexpr std::uint64_t largest_single_put = std::uint64_t{8} << 20U;

http::Limits upload_limits() {
  http::Limits limits;
  limits.idle = std::chrono::seconds(120);  // a registry may check a large blob before it answers
  limits.max_body = std::uint64_t{1} << 20U;
  return limits;
}

// The upload is unknown (forgotten by a registry that restarted) or at another place than we think.
bool is_lost(int status) {
  return status == 404 || status == 416;
}

http::Url with_digest(http::Url location, const base::Digest& digest) {
  const bool has_query = location.target.find('?') != std::string::npos;
  location.target += (has_query ? "&digest=" : "?digest=") + http::percent_encode(digest.text());
  return location;
}

http::Request body_request(const std::string& method, http::Url url, const http::BodySource& source) {
  http::Request request;
  request.method = method;
  request.url = std::move(url);
  request.headers.set("Content-Type", "application/octet-stream");
  request.body = source;
  request.idempotent = false;
  return request;
}

}  // namespace

http::Url RegistryRepository::next_location(const http::Request& request,
                                            const http::Response& response) const {
  const auto header = response.headers.get("Location");
  if (!header)
    throw Error(ErrorKind::input, http::describe(request) + ": the answer names no Location to upload to");
  auto location = request.url.resolve(*header);
  // Registries behind a proxy that ends TLS often believe that they are spoken to by plain http.
  if (request.url.scheme == "https" && location.scheme == "http" && location.host == request.url.host) {
    location.scheme = "https";
    location.port = request.url.port;
  }
  check_target(access_.base, location);
  return location;
}

http::Url RegistryRepository::start_upload() {
  auto post = request("POST", "/blobs/uploads/");
  post.idempotent = true;  // an upload that is begun twice is forgotten once
  const auto response = authenticating_->send(post, upload_limits());
  if (!response.ok()) fail(post, response);
  return next_location(post, response);
}

std::optional<std::string> RegistryRepository::upload(const Descriptor& descriptor,
                                                      const http::BodySource& source) {
  auto location = start_upload();
  const bool is_single = source.size <= largest_single_put;
  if (!is_single) {
    const auto patch = body_request("PATCH", location, source);
    const auto response = authenticating_->send(patch, upload_limits());
    if (http::is_retryable(response.status) || is_lost(response.status))
      return http::describe(patch) + ": " + http::status_text(response.status);
    if (!response.ok()) fail(patch, response);
    location = next_location(patch, response);
  }
  auto put = body_request("PUT", with_digest(location, descriptor.digest), source);
  if (!is_single) put.body = std::string();
  const auto response = authenticating_->send(put, upload_limits());
  if (http::is_retryable(response.status) || is_lost(response.status))
    return http::describe(put) + ": " + http::status_text(response.status);
  if (!response.ok()) fail(put, response);
  return std::nullopt;
}

void RegistryRepository::put_blob(const Descriptor& descriptor, const http::BodySource& source) {
  for (int number = 1;; ++number) {
    if (has_blob(descriptor.digest)) return;
    std::optional<std::string> failure;
    try {
      failure = upload(descriptor, source);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::unavailable || number == most_uploads) throw;
      failure = error.message();
    }
    if (!failure) break;
    if (number == most_uploads)
      throw Error(ErrorKind::unavailable, *failure + ", uploaded " + std::to_string(number) + " times");
    base::log_warning("starting the upload of " + descriptor.digest.text() + " again: " + *failure);
    base::in_context(*failure,
                     [&] { base::interruptible_sleep(http::retry_delay(access_.retry, number, nullptr)); });
  }
  base::log_info("uploaded blob " + descriptor.digest.text(), {{"size", base::human_bytes(descriptor.size)}});
}

}  // namespace oci
