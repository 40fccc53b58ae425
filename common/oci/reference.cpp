#include "oci/reference.hpp"

#include <algorithm>
#include <cctype>

#include "base/error.hpp"
#include "base/text.hpp"

// The grammar is that of the distribution project's reference package, which Docker, containerd and
// Kubernetes share. Two rules of it surprise: the first component is a host only if it holds a dot or a colon
// or is "localhost", and 64 hexadecimal digits alone are an image ID, not a name. One rule is left out: a
// capital letter does not make a host, because the name in small letters, which is the same host, would then
// be another image.

namespace oci {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::size_t longest_name = 255;

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
  throw Error(ErrorKind::input, "image reference '" + base::printable(text, 300) + "': " + why +
                                    "; expected [REGISTRY/]NAME[:TAG][@sha256:HEX]");
}

bool is_lower(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_word(char c) {
  return is_lower(c) || (c >= 'A' && c <= 'Z') || c == '_';
}

// Alphanumerics joined by one dot, one or two underscores, or any number of dashes.
bool is_path_component(std::string_view text) {
  if (text.empty() || !is_lower(text.front()) || !is_lower(text.back())) return false;
  for (std::size_t at = 0; at < text.size();) {
    if (is_lower(text[at])) {
      ++at;
      continue;
    }
    const auto end = static_cast<std::size_t>(
        std::find_if(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_lower) - text.begin());
    const auto separator = text.substr(at, end - at);
    const bool dashes = separator.find_first_not_of('-') == std::string_view::npos;
    if (separator != "." && separator != "_" && separator != "__" && !dashes) return false;
    at = end;
  }
  return true;
}

bool is_tag(std::string_view text) {
  return !text.empty() && text.size() <= 128 && is_word(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_word(c) || c == '.' || c == '-'; });
}

bool is_host(std::string_view component) {
  return component == "localhost" || component.find_first_of(".:[") != std::string_view::npos;
}

bool is_domain(std::string_view name) {
  if (name.size() > 2 && name.front() == '[' && name.back() == ']')
    return name.find_first_not_of("0123456789abcdefABCDEF:.", 1) == name.size() - 1;
  for (const auto& label : base::split(name, '.')) {
    if (label.empty() || label.front() == '-' || label.back() == '-') return false;
    if (!std::all_of(label.begin(), label.end(), [](char c) { return (is_word(c) && c != '_') || c == '-'; }))
      return false;
  }
  return true;
}

std::string parse_registry(std::string_view host, std::string_view whole) {
  const auto bracket = host.find(']');
  const auto colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (!is_domain(host.substr(0, colon)))
    refuse(whole, "'" + base::printable(host, 100) + "' is not a registry host");
  if (colon != std::string_view::npos) {
    const auto port = base::parse_integer(host.substr(colon + 1));
    if (!port || *port < 1 || *port > 65535)
      refuse(whole, "'" + base::printable(host, 100) + "' has no valid port");
  }
  auto name = base::to_lower(host);
  if (name == "index.docker.io" || name == "registry-1.docker.io") return "docker.io";
  return name;
}

void check_repository(std::string_view repository, std::string_view whole) {
  for (const auto& component : base::split(repository, '/')) {
    if (is_path_component(component)) continue;
    const bool capital =
        std::any_of(component.begin(), component.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    refuse(whole, component.empty()
                      ? "an empty part in the name"
                      : "'" + base::printable(component, 100) + "' is not a valid part of a name" +
                            (capital ? " (capital letters are not allowed)" : ""));
  }
}

bool is_image_id(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void take_digest(std::string_view& rest, std::string_view whole, Reference& reference) {
  const auto at = rest.find('@');
  if (at == std::string_view::npos) return;
  reference.digest = base::in_context("image reference '" + base::printable(whole, 300) + "'",
                                      [&] { return base::Digest::parse(rest.substr(at + 1)); });
  rest = rest.substr(0, at);
}

void take_tag(std::string_view& rest, std::string_view whole, Reference& reference) {
  const auto slash = rest.rfind('/');
  const auto colon = rest.find(':', slash == std::string_view::npos ? 0 : slash);
  if (colon == std::string_view::npos) return;
  const auto tag = rest.substr(colon + 1);
  if (!is_tag(tag)) refuse(whole, "'" + base::printable(tag, 150) + "' is not a valid tag");
  reference.tag = std::string(tag);
  rest = rest.substr(0, colon);
}

}  // namespace

Reference Reference::parse(std::string_view text) {
  if (text.empty()) refuse(text, "it is empty");
  if (text.size() > 1024) refuse(text.substr(0, 100), "it is longer than 1024 bytes");
  if (text.find("://") != std::string_view::npos)
    refuse(text, "a name is expected, not an address with a scheme");
  Reference reference;
  auto rest = text;
  take_digest(rest, text, reference);
  take_tag(rest, text, reference);
  const auto slash = rest.find('/');
  if (slash != std::string_view::npos && is_host(rest.substr(0, slash))) {
    reference.registry = parse_registry(rest.substr(0, slash), text);
    rest = rest.substr(slash + 1);
  } else {
    reference.registry = "docker.io";
    if (is_image_id(rest)) refuse(text, "64 hexadecimal digits are an image ID, not a name");
  }
  check_repository(rest, text);
  reference.repository = rest;
  if (reference.registry == "docker.io" && rest.find('/') == std::string_view::npos)
    reference.repository = "library/" + reference.repository;
  if (reference.name().size() > longest_name) refuse(text, "the name is longer than 255 characters");
  return reference;
}

std::string Reference::text() const {
  std::string result = name();
  if (tag || !digest) result += ":" + tag.value_or("latest");
  if (digest) result += "@" + digest->text();
  return result;
}

std::string Reference::identifier() const {
  return digest ? digest->text() : tag.value_or("latest");
}

Reference Reference::with_digest(const base::Digest& to) const {
  Reference result = *this;
  result.digest = to;
  return result;
}

Location Location::parse(std::string_view text) {
  Location location;
  if (text.substr(0, 4) != "oci:" || text.substr(0, 6) == "oci://") {
    location.reference = Reference::parse(text);
    return location;
  }
  auto rest = text.substr(4);
  if (const auto at = rest.rfind("@sha256:"); at != std::string_view::npos) {
    location.layout_tag = base::Digest::parse(rest.substr(at + 1)).text();
    rest = rest.substr(0, at);
  } else {
    const auto slash = rest.rfind('/');
    const auto colon = rest.rfind(':');
    if (colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash)) {
      if (!is_tag(rest.substr(colon + 1)))
        refuse(text, "'" + base::printable(rest.substr(colon + 1), 150) + "' is not a valid tag");
      location.layout_tag = std::string(rest.substr(colon + 1));
      rest = rest.substr(0, colon);
    }
  }
  if (rest.empty())
    throw Error(ErrorKind::input, "'" + base::printable(text, 300) + "': expected oci:DIR or oci:DIR:TAG");
  location.layout_directory = std::string(rest);
  return location;
}

std::string Location::text() const {
  if (reference) return reference->text();
  std::string result = "oci:" + layout_directory.value_or("");
  if (layout_tag) result += (layout_tag->find(':') == std::string::npos ? ":" : "@") + *layout_tag;
  return result;
}

std::string Location::identifier() const {
  return reference ? reference->identifier() : layout_tag.value_or("");
}

}  // namespace oci
