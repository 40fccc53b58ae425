#include "promote-alias/policy.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "base/yaml.hpp"
#include "crypto/hash.hpp"
#include "model_registry/model_registry.hpp"

namespace promote_alias {
namespace {

using base::YamlValue;

constexpr std::string_view default_text = R"(schema_version: 1
# Each alias names at most one version; a version has at most one of them.
aliases: [challenger, shadow, champion]
# The alias that serves: --rollback gives it back, and it is never taken away without a successor.
serving: champion
transitions:
  - to: challenger
    from: [registered, archived]
    needs: {gate: warn}
    replaced: registered
  - to: shadow
    from: [challenger]
    needs: {gate: warn}
    replaced: registered
  - to: champion
    from: [challenger, shadow]
    needs: {gate: warn}
    replaced: archived
  - to: archived
    from: [registered, challenger, shadow]
)";

bool contains(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

Approvals read_approvals(const YamlValue& value) {
  Approvals approvals;
  value.reject_unknown_keys({"count", "signed", "own"});
  approvals.count = value.at("count").integer();
  if (approvals.count < 0 || approvals.count > 20) throw value.at("count").error("expected 0 to 20");
  if (const auto sign = value.find("signed")) approvals.is_signed = sign->boolean();
  if (const auto own = value.find("own")) approvals.may_be_own = own->boolean();
  return approvals;
}

Requirements read_requirements(const YamlValue& value) {
  Requirements needs;
  value.reject_unknown_keys({"gate", "signature", "approvals"});
  if (const auto gate = value.find("gate")) {
    needs.gate = model_registry::parse_verdict(gate->text(), gate->where());
    if (*needs.gate > model_registry::Verdict::warn) throw gate->error("expected pass or warn");
  }
  if (const auto signature = value.find("signature")) needs.signature = signature->boolean();
  if (const auto approvals = value.find("approvals")) needs.approvals = read_approvals(*approvals);
  return needs;
}

void check_state(const Policy& policy, const YamlValue& where, const std::string& state) {
  if (policy.is_alias(state) || state == registered || state == archived) return;
  auto known = policy.aliases;
  known.emplace_back(registered);
  known.emplace_back(archived);
  throw where.error("'" + base::printable(state, 100) + "' is no state; expected one of " +
                    base::join(known, ", ") + base::did_you_mean_hint(state, known));
}

Transition read_transition(const Policy& policy, const YamlValue& value) {
  Transition transition;
  value.reject_unknown_keys({"to", "from", "needs", "replaced"});
  transition.to = value.at("to").text();
  check_state(policy, value.at("to"), transition.to);
  transition.from = value.at("from").texts();
  for (const auto& state : transition.from) check_state(policy, value.at("from"), state);
  if (transition.from.empty()) throw value.at("from").error("expected at least one state");
  if (const auto needs = value.find("needs")) transition.needs = read_requirements(*needs);
  transition.replaced = registered;
  if (const auto replaced = value.find("replaced")) {
    transition.replaced = replaced->text();
    if (transition.replaced != registered && transition.replaced != archived) {
      throw replaced->error("expected registered or archived");
    }
  }
  if (policy.transition(transition.to) != nullptr) {
    throw value.at("to").error("there are two transitions to " + transition.to + "; expected one");
  }
  return transition;
}

Policy parse_policy(const std::string& text, std::string_view file) {
  const auto document = base::parse_yaml(text, file);
  document.reject_unknown_keys({"schema_version", "aliases", "serving", "transitions"});
  if (document.at("schema_version").integer() != 1) throw document.at("schema_version").error("expected 1");
  Policy policy{.aliases = document.at("aliases").texts(),
                .serving = document.at("serving").text(),
                .transitions = {},
                .digest = crypto::sha256(text).text()};
  for (const auto& alias : policy.aliases) {
    if (alias == registered || alias == archived) {
      throw document.at("aliases").error("'" + alias +
                                         "' is a state of many versions; it cannot be an alias");
    }
    base::in_context(document.at("aliases").where(), [&] { model_registry::check_alias(alias); });
  }
  if (!policy.is_alias(policy.serving)) throw document.at("serving").error("expected one of the aliases");
  for (const auto& each : document.at("transitions").items()) {
    policy.transitions.push_back(read_transition(policy, each));
  }
  const auto* to_serving = policy.transition(policy.serving);
  if (to_serving == nullptr) throw document.at("transitions").error("none leads to " + policy.serving);
  return policy;
}

}  // namespace

bool Policy::is_alias(std::string_view state) const {
  return contains(aliases, state);
}

const Transition* Policy::transition(std::string_view to) const {
  const auto found = std::find_if(transitions.begin(), transitions.end(),
                                  [&](const Transition& each) { return each.to == to; });
  return found == transitions.end() ? nullptr : &*found;
}

std::vector<std::string> Policy::states() const {
  std::vector<std::string> names;
  for (const auto& each : transitions) names.push_back(each.to);
  return names;
}

std::string_view default_policy_text() {
  return default_text;
}

Policy read_policy(const std::optional<std::filesystem::path>& file) {
  if (!file) return parse_policy(std::string(default_text), "the default policy");
  return parse_policy(base::read_file(*file, std::uintmax_t{1} << 20U), file->string());
}

}  // namespace promote_alias
