#include "kserve-deploy/names.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/text.hpp"

namespace kserve_deploy {
namespace {

using base::Error;
using base::ErrorKind;

Error malformed(std::string_view text, std::string_view expected) {
  return Error(ErrorKind::usage, "'" + base::printable(text, 200) + "' is not " + std::string(expected));
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_label_character(char c) {
  return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-';
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

}  // namespace

ModelName ModelName::parse(std::string_view text) {
  if (text.substr(0, 7) == "models:") return {model_registry::ModelUri::parse(text)};
  return {StorageUri::parse(text)};
}

std::string ModelName::text() const {
  return std::visit([](const auto& each) { return std::string(each.text()); }, value);
}

// KServe's own pattern for names; namespaces may also start with a digit, which nobody needs.
DnsLabel DnsLabel::parse(std::string_view text) {
  const bool good = !text.empty() && text.size() <= 63 && text.front() >= 'a' && text.front() <= 'z' &&
                    text.back() != '-' && std::all_of(text.begin(), text.end(), is_label_character);
  if (!good) {
    throw malformed(text,
                    "a name that Kubernetes takes; expected at most 63 lower-case letters, digits and '-', "
                    "starting with a letter and not ending with '-'");
  }
  return {std::string(text)};
}

Quantity Quantity::parse(std::string_view text) {
  constexpr std::array<std::string_view, 12> units{"",  "m",  "k",  "M",  "G",  "T",
                                                   "P", "Ki", "Mi", "Gi", "Ti", "Pi"};
  const auto digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto number = base::parse_double(text.substr(0, digits));
  const bool known_unit = std::find(units.begin(), units.end(), text.substr(digits)) != units.end();
  if (!number || *number <= 0 || !known_unit || !is_digit(text.front()) || !is_digit(text[digits - 1]))
    throw malformed(text, "a quantity; expected for example 2, 500m or 4Gi");
  return {std::string(text)};
}

Author Author::parse(std::string_view text) {
  const auto open = text.rfind(" <");
  const bool good = open != std::string_view::npos && open > 0 && text.back() == '>' && !has_control(text) &&
                    text.find_first_of("<>") == open + 1 && text.find('>') == text.size() - 1 &&
                    text.size() > open + 3;
  if (!good) throw malformed(text, "an author; expected 'Name <mail@example.com>'");
  return {std::string(base::trim(text.substr(0, open))),
          std::string(text.substr(open + 2, text.size() - open - 3))};
}

GitUrl GitUrl::parse(std::string_view text) {
  if (text.empty() || text.front() == '-' || has_control(text))
    throw malformed(text, "the address of a Git repository");
  const auto scheme = text.find("://");
  const auto host = scheme == std::string_view::npos ? text.size() : scheme + 3;
  const auto authority = text.substr(host, text.find('/', host) - host);
  const auto at = authority.rfind('@');
  if (at != std::string_view::npos && authority.substr(0, at).find(':') != std::string_view::npos) {
    throw Error(ErrorKind::usage,
                "the address holds a password, which logs would show; give it by a Git credential helper, "
                "GIT_ASKPASS or an SSH key");
  }
  return {std::string(text)};
}

RepositoryPath RepositoryPath::parse(std::string_view text) {
  // Throws for absolute paths and for "..": the file must be inside the repository.
  static_cast<void>(base::safe_join("/", text));
  const auto first = text.substr(0, text.find('/'));
  if (has_control(text) || first == ".git") throw malformed(text, "a file in the repository");
  return {std::string(text)};
}

}  // namespace kserve_deploy
