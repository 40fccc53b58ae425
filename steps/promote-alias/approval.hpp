// Approval: a file in which somebody says yes to one move of one version, until a time.
//
//   approver: alice@example.com
//   model: diabetes
//   version: 3
//   model_digest: sha256:…
//   to: champion
//   expires: 2026-12-01T00:00:00Z
//
// YAML or JSON. Signed, it has a bundle beside it, FILE.sigstore.json, as cosign sign-blob --bundle writes
// it.
//
// Errors: Error{input} for a file of another form. That it does not count is an answer.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "promote-alias/policy.hpp"
#include "promote-alias/record.hpp"

namespace promote_alias {

struct ApprovalFile {
  std::filesystem::path path;
  std::string approver;
  std::string model;
  std::int64_t version = 0;
  std::string model_digest;
  std::string to;
  base::Time expires{};
};

ApprovalFile read_approval(const std::filesystem::path& path);
// Why the approval is none of this move by this actor; missing when it is.
std::optional<std::string> refusal_of(const ApprovalFile& approval, const Record& move, base::Time now);

struct Approved {
  base::Json evidence = base::Json::array();
  std::vector<std::string> refusals;
};
// Checks all of `files` against what the policy demands. Each counts once for each approver, and signed ones
// once for each key.
Approved check_approvals(const std::vector<std::filesystem::path>& files,
                         const std::vector<std::filesystem::path>& keys, const Approvals& needed,
                         const Record& move);

}  // namespace promote_alias
