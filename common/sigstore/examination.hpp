// Examination: the signatures that were found for one subject, each of which holds or is refused at a check.
//
// Inside, a check that fails throws, and so does everything that a check calls (a JSON parser, a decoder, a
// registry that lies about a digest); examine() turns it into the refusal of that one signature. Whatever is
// no fault of the signature (no connection, no permission, cancelled, a bug) leaves examine() and with it the
// verification: nothing is verified then.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "sigstore/check.hpp"
#include "sigstore/verify.hpp"

namespace sigstore {

// Where the examination of one signature stands.
class Checklist {
 public:
  // What fails from now on, until the next call, fails this check.
  void begin(Check check) { current_ = check; }
  Check current() const { return current_; }

  // Refuses the signature at the current check.
  [[noreturn]] void refuse(const std::string& detail) const;
  void require(bool holds, const std::string& detail) const {
    if (!holds) refuse(detail);
  }
  // Refuses unless the two are equal: "expected …, found …".
  void require_equal(std::string_view expected, std::string_view found) const;

 private:
  Check current_ = Check::found_in_place;
};

struct Examination {
  std::vector<Signature> signatures;
  std::vector<Refusal> refusals;

  // Runs `verify`, which returns the signature that holds, or nothing for what is no signature at all.
  void examine(const std::string& place, const std::function<std::optional<Signature>(Checklist&)>& verify);
  Outcome outcome(const base::Digest& subject) &&;
};

// Error{usage} when the policy trusts no key: nothing could ever hold, and no list must mean "all".
void require_keys(const Policy& policy);

}  // namespace sigstore
