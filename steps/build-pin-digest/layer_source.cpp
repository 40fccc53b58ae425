#include "layer_source.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

namespace build_pin_digest {
namespace {

using base::Error;
using base::ErrorKind;

// Without the slashes at both ends.
std::string stripped(std::string_view path) {
  while (!path.empty() && path.front() == '/') path.remove_prefix(1);
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  return std::string(path);
}

}  // namespace

LayerSource LayerSource::parse(std::string_view text) {
  // The last colon: a source may have one in its name, a destination hardly ever has.
  const auto colon = text.rfind(':');
  const bool absolute = colon != std::string_view::npos && colon + 1 < text.size() && text[colon + 1] == '/';
  if (colon == 0 || !absolute) {
    throw Error(ErrorKind::input, "'" + base::printable(text, 300) +
                                      "' is not SRC:DEST with an absolute DEST, such as './app:/opt/app'");
  }
  return {std::filesystem::path(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

std::string LayerSource::path_of_directory() const {
  return stripped(destination);
}

std::string LayerSource::path_of_file() const {
  if (destination.back() != '/') return stripped(destination);
  const auto directory = stripped(destination);
  const auto name = source.filename().string();
  return directory.empty() ? name : directory + "/" + name;
}

BaseName BaseName::parse(std::string_view text) {
  if (text == "scratch") return {};
  return {oci::Location::parse(text)};
}

}  // namespace build_pin_digest
