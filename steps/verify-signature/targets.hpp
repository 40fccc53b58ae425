// The things to verify, and what came of each.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/digest.hpp"
#include "oci/repository.hpp"
#include "sigstore/verify.hpp"

namespace verify_signature {

struct Config;

// A file, or only the SHA-256 of one.
struct Blob {
  std::variant<std::filesystem::path, base::Digest> source;

  // "sha256:HEX" is a digest unless there is a file of that name.
  static Blob parse(std::string_view text);
  std::string text() const;
};

struct Report {
  std::string kind;                      // "image", "blob", "model"
  std::string name;                      // as it was given
  std::optional<base::Digest> digest;    // what was verified, when it was found
  std::optional<std::string> reference;  // of an image: NAME@DIGEST
  sigstore::Outcome outcome;

  bool verified() const { return std::holds_alternative<sigstore::Verified>(outcome); }
  const std::vector<sigstore::Refusal>& refusals() const;
  // Those that hold; none unless verified.
  std::vector<sigstore::Signature> signatures() const;
  bool found_any() const { return verified() || !refusals().empty(); }
};

// Error{usage} for options that make no sense together.
void check_options(const Config& config);
// Error{input} for a file that is no public key.
sigstore::Policy policy_from(const Config& config);
// Each target in turn.
std::vector<Report> verify_targets(const Config& config, const sigstore::Policy& policy);

}  // namespace verify_signature
