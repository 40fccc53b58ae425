// What the options --layer, --base and --compression say.
//
// Errors: Error{input} (the command line turns it into usage).   Threads: values.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cli/value.hpp"
#include "oci/reference.hpp"

namespace build_pin_digest {

// "SRC:DEST". A directory's content goes below DEST; a file becomes DEST, or DEST/NAME when DEST ends with a
// slash.
struct LayerSource {
  std::filesystem::path source;
  std::string destination;  // absolute, as given

  static LayerSource parse(std::string_view text);
  std::string text() const { return source.string() + ":" + destination; }
  // Where `source`, a directory or a file, goes: relative to the image's root, "" for the root itself.
  std::string path_of_directory() const;
  std::string path_of_file() const;
};

// "scratch" (no location) or where the base image is.
struct BaseName {
  std::optional<oci::Location> location;

  static BaseName parse(std::string_view text);
  std::string text() const { return location ? location->text() : "scratch"; }
};

enum class Compression { automatic, none, gzip };

}  // namespace build_pin_digest

template <>
struct cli::ChoicesOf<build_pin_digest::Compression> {
  static constexpr std::array<std::pair<std::string_view, build_pin_digest::Compression>, 3> values{{
      {"auto", build_pin_digest::Compression::automatic},
      {"none", build_pin_digest::Compression::none},
      {"gzip", build_pin_digest::Compression::gzip},
  }};
};
