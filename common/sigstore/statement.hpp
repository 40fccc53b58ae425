// The in-toto Statement: what a DSSE envelope says about its subjects.
//
// Source: in-toto/attestation, spec/v1/statement.md.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "sigstore/dsse.hpp"

namespace sigstore {

inline constexpr std::string_view image_predicate_type = "https://sigstore.dev/cosign/sign/v1";

struct Subject {
  std::string name;                            // may be empty
  std::map<std::string, std::string> digests;  // algorithm: lower-case hexadecimal
  std::map<std::string, std::string> annotations;
};

// Made only from verified bytes.
class VerifiedStatement {
 public:
  // Check 13.
  static VerifiedStatement parse(VerifiedPayload payload, Checklist& checks);

  const VerifiedPayload& payload() const { return payload_; }
  const std::vector<Subject>& subjects() const { return subjects_; }
  const std::string& predicate_type() const { return predicate_type_; }
  const base::Json& predicate() const { return predicate_; }

 private:
  explicit VerifiedStatement(VerifiedPayload payload) : payload_(std::move(payload)) {}

  VerifiedPayload payload_;
  std::vector<Subject> subjects_;
  std::string predicate_type_;
  base::Json predicate_;
};

// Checks 14 to 17 against an image or a blob; returns what the report says of it.
Signature accept_statement(const VerifiedStatement& statement, const base::Digest& subject,
                           const Policy& policy, Checklist& checks);

// Check 16, for every form.
void check_annotations(const std::map<std::string, std::string>& signed_along, const Policy& policy,
                       Checklist& checks);

// The statement that cosign signs for an image, in our order of keys.
std::string image_statement(const base::Digest& image, const std::map<std::string, std::string>& annotations);

}  // namespace sigstore
