// Policy: who may go where in a model's life, what each move needs, and what follows.
//
// Errors: Error{input} "FILE:LINE:COLUMN: …".   Threads: values.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model_registry/evidence.hpp"

namespace promote_alias {

// The states that are not aliases: tags only, because many versions may have them.
inline constexpr std::string_view registered = "registered";
inline constexpr std::string_view archived = "archived";

struct Approvals {
  long long count = 0;
  bool is_signed = false;   // each by a key of its own
  bool may_be_own = false;  // the actor's own approval counts
};

struct Requirements {
  std::optional<model_registry::Verdict> gate;  // the worst verdict that is enough
  bool signature = false;
  Approvals approvals;
};

struct Transition {
  std::string to;
  std::vector<std::string> from;
  Requirements needs;
  // What becomes of the version that had the alias before: "registered" or "archived".
  std::string replaced;
};

struct Policy {
  std::vector<std::string> aliases;  // each names one version at most
  std::string serving;               // the alias that is rolled back
  std::vector<Transition> transitions;
  std::string digest;  // of the text

  bool is_alias(std::string_view state) const;
  // Missing when the policy has no state of that name.
  const Transition* transition(std::string_view to) const;
  // All states that a version can be moved to.
  std::vector<std::string> states() const;
};

// The lifecycle that holds without --policy, as YAML.
std::string_view default_policy_text();
Policy read_policy(const std::optional<std::filesystem::path>& file);

}  // namespace promote_alias
