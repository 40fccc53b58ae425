// What sigstore's answers mean here.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sigstore/verify.hpp"

namespace promote_alias {

// Error{usage} without a key.
sigstore::Policy policy_of(const std::vector<std::filesystem::path>& keys);

struct Checked {
  std::optional<base::Digest> key;     // under which it holds
  std::string refusal;                 // why it does not
  std::optional<base::Digest> digest;  // of what was signed
};
Checked checked(const sigstore::Outcome& outcome);

}  // namespace promote_alias
