#include "oci/content.hpp"

#include <algorithm>
#include <memory>

#include "base/encoding.hpp"
#include "base/error.hpp"

namespace oci {
namespace {

using base::Error;
using base::ErrorKind;

crypto::Hash make_hash(const base::Digest& digest) {
  return crypto::Hash(digest.algorithm() == "sha512" ? crypto::HashAlgorithm::sha512
                                                     : crypto::HashAlgorithm::sha256);
}

[[noreturn]] void refuse(std::string_view what, const base::Digest& expected, const std::string& received) {
  throw Error(ErrorKind::input, std::string(what) + ": the content does not have its digest: expected " +
                                    expected.text() + ", received " + received);
}

std::string finish_text(crypto::Hash& hash, const base::Digest& expected) {
  return std::string(expected.algorithm()) + ":" + base::to_hex(hash.finish());
}

}  // namespace

ContentCheck::ContentCheck(const Descriptor& subject)
    : expected_(subject), hash_(make_hash(subject.digest)) {}

void ContentCheck::restart() {
  hash_ = make_hash(expected_.digest);
  received_ = 0;
}

void ContentCheck::update(std::string_view bytes) {
  received_ += bytes.size();
  if (received_ > expected_.size)
    throw Error(ErrorKind::input, "blob " + expected_.digest.text() + ": longer than the " +
                                      std::to_string(expected_.size) + " bytes that its descriptor says");
  hash_.update(bytes);
}

void ContentCheck::finish() {
  if (received_ != expected_.size)
    throw Error(ErrorKind::input, "blob " + expected_.digest.text() + ": expected " +
                                      std::to_string(expected_.size) + " bytes, received " +
                                      std::to_string(received_));
  const auto received = finish_text(hash_, expected_.digest);
  if (received != expected_.digest.text()) refuse("blob", expected_.digest, received);
}

void check_content(const base::Digest& expected, std::string_view bytes, std::string_view what) {
  auto hash = make_hash(expected);
  hash.update(bytes);
  const auto received = finish_text(hash, expected);
  if (received != expected.text()) refuse(what, expected, received);
}

http::BodySource bytes_source(std::string bytes) {
  const auto shared = std::make_shared<const std::string>(std::move(bytes));
  return http::BodySource{shared->size(), [shared] {
                            return [shared, at = std::size_t{0}](char* buffer, std::size_t room) mutable {
                              const auto count = std::min(room, shared->size() - at);
                              std::copy_n(shared->data() + at, count, buffer);
                              at += count;
                              return count;
                            };
                          }};
}

}  // namespace oci
