#include "base/error.hpp"
#include "base/text.hpp"
#include "model_registry/model_registry.hpp"

namespace model_registry {
namespace {

using base::Error;
using base::ErrorKind;

Error malformed(std::string_view text) {
  return Error(ErrorKind::input,
               "'" + base::printable(text, 300) +
                   "' is not a model URI; expected models:/NAME/3 or models:/NAME@champion");
}

}  // namespace

ModelUri ModelUri::parse(std::string_view text) {
  constexpr std::string_view scheme = "models:/";
  if (text.substr(0, scheme.size()) != scheme) throw malformed(text);
  const auto rest = text.substr(scheme.size());
  const auto end = rest.find_first_of("/@");
  if (end == std::string_view::npos) throw malformed(text);
  ModelUri uri{.name = std::string(rest.substr(0, end))};
  check_model_name(uri.name);
  const auto reference = rest.substr(end + 1);
  if (rest[end] == '@') {
    check_alias(reference);
    uri.alias = std::string(reference);
    return uri;
  }
  const auto number = base::parse_integer(reference);
  if (!number || *number < 1 || std::to_string(*number) != reference) throw malformed(text);
  uri.version = *number;
  return uri;
}

std::string ModelUri::text() const {
  return "models:/" + name + (version ? "/" + std::to_string(*version) : "@" + alias.value_or(""));
}

std::optional<ModelVersion> resolve(ModelRegistry& registry, const ModelUri& uri) {
  return uri.version ? registry.version(uri.name, *uri.version)
                     : registry.by_alias(uri.name, uri.alias.value_or(""));
}

}  // namespace model_registry
