#include "sigstore/examination.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

namespace sigstore {

using base::Error;
using base::ErrorKind;

void Checklist::refuse(const std::string& detail) const {
  throw Error(ErrorKind::rejected, detail);
}

void Checklist::require_equal(std::string_view expected, std::string_view found) const {
  if (expected != found) {
    refuse("expected " + base::printable(expected, 200) + ", found " + base::printable(found, 200));
  }
}

void Examination::examine(const std::string& place,
                          const std::function<std::optional<Signature>(Checklist&)>& verify) {
  Checklist checks;
  try {
    if (auto signature = verify(checks)) signatures.push_back(*std::move(signature));
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::rejected && error.kind() != ErrorKind::input) throw;
    refusals.push_back({place, checks.current(), error.message()});
  }
}

void require_keys(const Policy& policy) {
  if (policy.keys.empty()) throw Error(ErrorKind::usage, "no trusted key is given");
}

Outcome Examination::outcome(const base::Digest& subject) && {
  if (signatures.empty()) return NotVerified{std::move(refusals)};
  return Verified(subject, std::move(signatures), std::move(refusals));
}

}  // namespace sigstore
