#include "fixtures.hpp"

#include <algorithm>

namespace fixtures {
namespace {

using base::Json;
using Pointer = Json::json_pointer;

std::vector<Json> other_values(const Json& value) {
  if (!value.is_string()) return {"text", 7, nullptr};
  const auto text = value.get<std::string>();
  std::vector<Json> values{7, nullptr, "", Json::array(), text + "A", text + "=", " " + text};
  for (const std::size_t at : {std::size_t{0}, text.size() / 2, text.size() - 1}) {
    if (text.empty()) break;
    auto changed = text;
    changed[at] = changed[at] == 'x' ? 'y' : 'x';
    values.emplace_back(changed);
  }
  return values;
}

}  // namespace

std::vector<Mutation> mutations(const std::string& json, const std::vector<std::string>& undecided) {
  std::vector<Mutation> made;
  const auto document = base::parse_json(json, "test");
  const auto leaves = document.flatten();
  for (const auto& [path, value] : leaves.items()) {
    const std::string& pointer = path;
    if (std::find(undecided.begin(), undecided.end(), pointer) != undecided.end()) continue;
    for (const auto& other : other_values(value)) {
      auto changed = document;
      changed[Pointer(pointer)] = other;
      if (changed != document) made.push_back({pointer + " = " + other.dump(), changed.dump()});
    }
    auto removed = document;
    const Pointer at(pointer);
    auto& parent = removed[at.parent_pointer()];
    if (!parent.is_object()) continue;
    parent.erase(at.back());
    made.push_back({"without " + pointer, removed.dump()});
  }
  return made;
}

std::vector<Mutation> flipped_bytes(const std::string& bytes, std::size_t step,
                                    const std::string& untouched) {
  std::vector<Mutation> made;
  const auto begin = untouched.empty() ? std::string::npos : bytes.find(untouched);
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    if (begin != std::string::npos && at >= begin && at < begin + untouched.size()) continue;
    auto changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    made.push_back({"byte " + std::to_string(at), changed});
  }
  return made;
}

}  // namespace fixtures
