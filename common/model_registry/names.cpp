#include <algorithm>
#include <cctype>

#include "base/error.hpp"
#include "base/text.hpp"
#include "model_registry/model_registry.hpp"

namespace model_registry {
namespace {

using base::Error;
using base::ErrorKind;

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_reserved_alias(std::string_view alias) {
  const auto lower = base::to_lower(alias);
  if (lower == "latest") return true;
  return lower.size() > 1 && lower[0] == 'v' && lower.find_first_not_of("0123456789", 1) == std::string::npos;
}

std::string quoted(std::string_view text) {
  return "'" + base::printable(text, 250) + "'";
}

}  // namespace

// Narrower than MLflow, where a name may hold quotes: names go into search filters, paths and URIs.
void check_model_name(std::string_view name) {
  const auto allowed = [](char c) {
    return is_alphanumeric(c) || c == '_' || c == '-' || c == '.' || c == ' ';
  };
  const bool good = !name.empty() && name.size() <= 200 && std::all_of(name.begin(), name.end(), allowed) &&
                    is_alphanumeric(name.front()) && name.back() != ' ' &&
                    name.find("  ") == std::string_view::npos;
  if (good) return;
  throw Error(ErrorKind::input, quoted(name) +
                                    " is not a model name; expected at most 200 letters, digits, '_', '-', "
                                    "'.' and single spaces, starting with a letter or digit");
}

ModelName ModelName::parse(std::string_view text) {
  check_model_name(text);
  return {std::string(text)};
}

void check_alias(std::string_view alias) {
  const auto allowed = [](char c) { return is_alphanumeric(c) || c == '_' || c == '-'; };
  if (alias.empty() || alias.size() > 200 || !std::all_of(alias.begin(), alias.end(), allowed)) {
    throw Error(ErrorKind::input,
                quoted(alias) + " is not an alias; expected at most 200 letters, digits, '_' and '-'");
  }
  if (is_reserved_alias(alias)) {
    throw Error(ErrorKind::input, quoted(alias) + " is reserved by MLflow; choose another alias");
  }
}

}  // namespace model_registry
