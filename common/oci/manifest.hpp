// Descriptors, manifests and indexes of the OCI image specification 1.1, and Docker's equal ones.
//
// A manifest is kept as the exact bytes that were read: its digest is of those. Errors: Error{input}.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "base/json.hpp"

namespace oci {

namespace media_type {
inline constexpr std::string_view oci_manifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view oci_index = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view oci_config = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view oci_layer_tar = "application/vnd.oci.image.layer.v1.tar";
inline constexpr std::string_view oci_layer_gzip = "application/vnd.oci.image.layer.v1.tar+gzip";
inline constexpr std::string_view oci_layer_zstd = "application/vnd.oci.image.layer.v1.tar+zstd";
inline constexpr std::string_view oci_empty = "application/vnd.oci.empty.v1+json";
inline constexpr std::string_view docker_manifest = "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view docker_list = "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view docker_config = "application/vnd.docker.container.image.v1+json";
inline constexpr std::string_view docker_layer_gzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";
inline constexpr std::string_view docker_foreign =
    "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
}  // namespace media_type

struct Platform {
  std::string os;
  std::string architecture;
  std::string variant;
  // "linux/amd64", "linux/arm64/v8"
  static Platform parse(std::string_view text);
  std::string text() const;
};

struct Descriptor {
  std::string media_type;
  base::Digest digest;
  std::uint64_t size = 0;
  std::map<std::string, std::string> annotations;
  std::optional<Platform> platform;
  std::optional<std::string> artifact_type;

  static Descriptor from_json(const base::Json& json, std::string_view where);
  base::Json to_json() const;
};

// The bytes of a manifest or an index, their digest and their media type.
struct RawManifest {
  std::string bytes;
  std::string media_type;
  base::Digest digest;

  bool is_index() const;
  Descriptor descriptor() const;  // without annotations
};

struct Manifest {
  std::string media_type;
  std::optional<std::string> artifact_type;
  Descriptor config;
  std::vector<Descriptor> layers;
  std::optional<Descriptor> subject;
  std::map<std::string, std::string> annotations;

  static Manifest parse(const RawManifest& raw);
  // Canonical bytes: the same content gives the same digest everywhere.
  RawManifest to_raw() const;
};

struct Index {
  std::string media_type;
  std::optional<std::string> artifact_type;
  std::vector<Descriptor> manifests;
  std::optional<Descriptor> subject;
  std::map<std::string, std::string> annotations;

  static Index parse(const RawManifest& raw);
  RawManifest to_raw() const;
};

}  // namespace oci
