// What the V1 and V2 protocols demand of an answer (kserve.github.io, "V1 Protocol"; Open Inference Protocol,
// "Inference Response").

#include <optional>

#include "base/text.hpp"
#include "endpoint.hpp"

namespace eval_gate {
namespace {

using base::Json;
using Faults = std::vector<std::string>;

bool has_array(const Json& object, const char* key) {
  return object.contains(key) && object.at(key).is_array();
}

Faults v1_faults(const Json& request, const Json& response) {
  if (!has_array(response, "predictions")) return {"/predictions is missing or no array"};
  if (!request.is_object() || !has_array(request, "instances")) return {};
  const auto asked = request.at("instances").size();
  const auto given = response.at("predictions").size();
  if (asked == given) return {};
  return {std::to_string(given) + " predictions for " + std::to_string(asked) + " instances"};
}

std::uint64_t leaves(const Json& value) {
  if (!value.is_array()) return 1;
  std::uint64_t count = 0;
  for (const auto& item : value) count += leaves(item);
  return count;
}

// Missing when it is no list of sizes, or the product is absurd.
std::optional<std::uint64_t> elements(const Json& shape) {
  std::uint64_t product = 1;
  for (const auto& size : shape) {
    if (!size.is_number_unsigned() || size.get<std::uint64_t>() > 1'000'000'000) return std::nullopt;
    product *= size.get<std::uint64_t>();
    if (product > 1'000'000'000) return std::nullopt;
  }
  return product;
}

void check_output(const Json& output, const std::string& at, Faults& faults) {
  if (!output.is_object()) return faults.push_back(at + " is no object");
  for (const auto* key : {"name", "datatype"}) {
    if (!output.contains(key) || !output.at(key).is_string())
      faults.push_back(at + "/" + key + " is missing or no string");
  }
  if (!has_array(output, "shape")) return faults.push_back(at + "/shape is missing or no array");
  if (!has_array(output, "data")) return faults.push_back(at + "/data is missing or no array");
  const auto expected = elements(output.at("shape"));
  const auto given = leaves(output.at("data"));
  if (!expected) return faults.push_back(at + "/shape is " + base::printable(output.at("shape").dump(), 100));
  if (*expected != given)
    faults.push_back(at + "/data has " + std::to_string(given) + " elements; its shape says " +
                     std::to_string(*expected));
}

Faults v2_faults(const Json& request, const Json& response) {
  Faults faults;
  if (!response.contains("model_name") || !response.at("model_name").is_string())
    faults.push_back("/model_name is missing or no string");
  if (request.is_object() && request.contains("id") &&
      (!response.contains("id") || response.at("id") != request.at("id")))
    faults.push_back("/id is not that of the request");
  if (!has_array(response, "outputs")) {
    faults.push_back("/outputs is missing or no array");
    return faults;
  }
  for (std::size_t i = 0; i < response.at("outputs").size() && faults.size() < 10; ++i)
    check_output(response.at("outputs")[i], "/outputs/" + std::to_string(i), faults);
  return faults;
}

}  // namespace

std::vector<std::string> protocol_faults(Protocol protocol, const Json& request, const Json& response) {
  if (!response.is_object()) return {"the answer is no JSON object"};
  return protocol == Protocol::v1 ? v1_faults(request, response) : v2_faults(request, response);
}

}  // namespace eval_gate
