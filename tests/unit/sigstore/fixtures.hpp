// What the tests of this folder share: trusted keys, outcomes in words, and mutations.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"
#include "crypto/key.hpp"
#include "sigstore/verify.hpp"
#include "support/catch.hpp"

namespace fixtures {

inline sigstore::Policy trusting(const std::string& pem) {
  return {.keys = {{"test.pub", crypto::PublicKey::from_pem(pem, "test.pub")}}};
}
inline sigstore::Policy trusting(const crypto::PrivateKey& key) {
  return {.keys = {{"test.pub", key.public_key()}}};
}

inline bool holds(const sigstore::Outcome& outcome) {
  return std::holds_alternative<sigstore::Verified>(outcome);
}

// "verified", "nothing found", or the numbers of the checks that refused, as "12" or "12 15".
inline std::string verdict(const sigstore::Outcome& outcome) {
  if (holds(outcome)) return "verified";
  std::string numbers;
  for (const auto& each : std::get<sigstore::NotVerified>(outcome).refusals) {
    numbers += (numbers.empty() ? "" : " ") + std::to_string(sigstore::number(each.check));
  }
  return numbers.empty() ? "nothing found" : numbers;
}

inline std::string first_detail(const sigstore::Outcome& outcome) {
  return std::get<sigstore::NotVerified>(outcome).refusals.at(0).detail;
}

// `json` with the value at `pointer` replaced.
inline std::string with(const std::string& json, const char* pointer, const base::Json& value) {
  auto document = base::parse_json(json, "test");
  document[base::Json::json_pointer(pointer)] = value;
  return document.dump();
}
inline std::string without(const std::string& json, const char* parent, const char* key) {
  auto document = base::parse_json(json, "test");
  document[base::Json::json_pointer(parent)].erase(key);
  return document.dump();
}

struct Mutation {
  std::string what;
  std::string json;
};

// Every text with a character changed (at the beginning, in the middle, at the end), every leaf replaced by
// another type, and every leaf removed; except at the pointers that are not signed and decide nothing.
std::vector<Mutation> mutations(const std::string& json, const std::vector<std::string>& undecided);
// Every `step`-th byte with its lowest bit flipped, outside of `untouched`.
std::vector<Mutation> flipped_bytes(const std::string& bytes, std::size_t step, const std::string& untouched);

}  // namespace fixtures
