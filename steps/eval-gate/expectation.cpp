#include "expectation.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"

namespace eval_gate {
namespace {

using base::Json;

const std::vector<std::string> types{"number", "integer", "string", "boolean", "array", "object", "null"};
constexpr std::size_t most_faults = 5;

struct Place {
  std::string pointer;
  const Json* value;
};

std::string unescaped(std::string token) {
  return base::replace_all(base::replace_all(std::move(token), "~1", "/"), "~0", "~");
}

const Json* child(const Json& value, const std::string& token) {
  if (value.is_object()) {
    const auto found = value.find(unescaped(token));
    return found == value.end() ? nullptr : &*found;
  }
  const auto index = base::parse_integer(token);
  const bool canonical = index && *index >= 0 && std::to_string(*index) == token;
  if (!value.is_array() || !canonical || static_cast<std::size_t>(*index) >= value.size()) return nullptr;
  return &value[static_cast<std::size_t>(*index)];
}

void each_child(const Place& place, std::vector<Place>& found) {
  if (place.value->is_object()) {
    for (const auto& [key, value] : place.value->items())
      found.push_back({place.pointer + "/" + key, &value});
  } else if (place.value->is_array()) {
    for (std::size_t i = 0; i < place.value->size(); ++i)
      found.push_back({place.pointer + "/" + std::to_string(i), &(*place.value)[i]});
  }
}

// The places that the pointer names; empty, with `missing` set, when one does not exist.
std::vector<Place> places(const Json& document, const std::string& pointer, std::string& missing) {
  std::vector<Place> current{{"", &document}};
  auto tokens = base::split(pointer, '/');
  tokens.erase(tokens.begin());
  for (const auto& token : tokens) {
    std::vector<Place> next;
    for (const auto& place : current) {
      if (token == "*") {
        each_child(place, next);
        continue;
      }
      const Json* value = child(*place.value, token);
      if (value == nullptr) {
        missing = place.pointer + "/" + token;
        return {};
      }
      next.push_back({place.pointer + "/" + token, value});
    }
    if (next.empty()) {
      missing = pointer;
      return {};
    }
    current = std::move(next);
  }
  return current;
}

std::string type_of(const Json& value) {
  if (value.is_number_integer()) return "integer";
  return value.type_name();
}

bool has_type(const Json& value, const std::string& type) {
  if (type == "integer")
    return value.is_number_integer() ||
           (value.is_number_float() && std::trunc(value.get<double>()) == value.get<double>());
  return value.type_name() == type;
}

bool equal_within(const Json& value, const Json& wanted, double tolerance) {
  if (value.is_number() && wanted.is_number())
    return std::abs(value.get<double>() - wanted.get<double>()) <= tolerance;
  if (value.is_array() && wanted.is_array()) {
    return value.size() == wanted.size() &&
           std::equal(value.begin(), value.end(), wanted.begin(),
                      [tolerance](const Json& a, const Json& b) { return equal_within(a, b, tolerance); });
  }
  if (!value.is_object() || !wanted.is_object() || value.size() != wanted.size()) return value == wanted;
  for (const auto& [key, each] : wanted.items()) {
    if (!value.contains(key) || !equal_within(value.at(key), each, tolerance)) return false;
  }
  return true;
}

std::string shown(const Json& value) {
  return base::printable(value.dump(-1, ' ', false, Json::error_handler_t::replace), 100);
}

std::optional<std::string> bounds_fault(const Bounds& bounds, const Json& value) {
  if (!bounds.any()) return std::nullopt;
  if (!value.is_number()) return "is " + shown(value) + "; expected a number";
  for (const auto& check : bounds.checks(value.get<double>())) {
    if (check.status != Status::pass)
      return "is " + shown(value) + "; expected " + std::string(to_string(check.comparison)) + " " +
             base::to_text(*check.bound);
  }
  return std::nullopt;
}

std::optional<std::string> fault(const Expectation& expectation, const Json& value) {
  if (expectation.type && !has_type(value, *expectation.type))
    return "is of type " + type_of(value) + "; expected " + *expectation.type;
  if (auto reason = bounds_fault(expectation.bounds, value)) return reason;
  if (expectation.equals && !equal_within(value, *expectation.equals, expectation.tolerance)) {
    return "is " + shown(value) + "; expected " + shown(*expectation.equals) +
           (expectation.tolerance > 0 ? " within " + base::to_text(expectation.tolerance) : "");
  }
  if (!expectation.length) return std::nullopt;
  const std::size_t length = value.is_string() ? value.get_ref<const std::string&>().size() : value.size();
  const bool countable = value.is_string() || value.is_array() || value.is_object();
  if (countable && length == *expectation.length) return std::nullopt;
  return (countable ? "has length " + std::to_string(length) : "is " + shown(value)) + "; expected length " +
         std::to_string(*expectation.length);
}

}  // namespace

Expectation parse_expectation(const base::YamlValue& value) {
  value.reject_unknown_keys({"pointer", "type", "min", "max", "equals", "tolerance", "length"});
  Expectation expectation;
  const auto pointer = value.at("pointer");
  expectation.pointer = pointer.text();
  if (!expectation.pointer.empty() && expectation.pointer.front() != '/')
    throw pointer.error("a JSON pointer starts with '/'");
  if (const auto type = value.find("type")) {
    expectation.type = type->text();
    if (std::find(types.begin(), types.end(), *expectation.type) == types.end())
      throw type->error("'" + base::printable(*expectation.type, 100) + "' is not one of " +
                        base::join(types, ", ") + base::did_you_mean_hint(*expectation.type, types));
  }
  expectation.bounds = parse_bounds(value, std::nullopt);
  if (const auto equals = value.find("equals")) expectation.equals = equals->to_json();
  expectation.tolerance = number_key(value, "tolerance", 0, {0, 1e300});
  if (value.find("tolerance") && !expectation.equals)
    throw value.at("tolerance").error("'tolerance' belongs to 'equals'");
  if (value.find("length")) expectation.length = count_key(value, "length", 0);
  return expectation;
}

std::vector<std::string> faults(const Expectation& expectation, const base::Json& document) {
  std::string missing;
  std::vector<std::string> found;
  for (const auto& place : places(document, expectation.pointer, missing)) {
    const auto reason = fault(expectation, *place.value);
    if (!reason) continue;
    const std::string at = place.pointer.empty() ? "the answer" : base::printable(place.pointer, 200);
    found.push_back(at + " " + *reason);
    if (found.size() >= most_faults) break;
  }
  if (!missing.empty()) found.push_back(base::printable(missing, 200) + " is missing");
  return found;
}

}  // namespace eval_gate
