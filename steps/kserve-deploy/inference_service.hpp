// The InferenceService (serving.kserve.io/v1beta1) as a manifest: written from options, or found and edited
// in the user's own text.
//
// Errors: Error{input} with file, line and column for a manifest without the service or without a storageUri
// that can be edited in place; Error{usage} for a rendering without what it needs.   Threads: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kserve-deploy/names.hpp"
#include "kserve-deploy/storage_uri.hpp"

namespace kserve_deploy {

enum class Protocol { v1, v2, grpc_v1, grpc_v2 };
std::string_view to_string(Protocol protocol);

struct Resources {
  std::optional<Quantity> cpu;
  std::optional<Quantity> memory;
  std::optional<Quantity> gpus;
};

// What a rendered manifest says beside the model's address.
struct ServiceSettings {
  std::optional<DnsLabel> name;
  std::optional<DnsLabel> service_namespace;
  std::optional<std::string> model_format;
  std::optional<std::string> runtime;
  std::optional<Protocol> protocol;
  std::optional<std::string> service_account;
  std::optional<std::uint32_t> min_replicas;
  std::optional<std::uint32_t> max_replicas;
  Resources resources;
};

std::string render_service(const ServiceSettings& settings, const StorageUri& storage_uri);

// Which service of a manifest is meant: the one of this name, or the only one.
struct ServiceSelector {
  std::optional<DnsLabel> name;
  std::optional<DnsLabel> service_namespace;
};

// What a manifest says.
struct ManifestService {
  std::string name;
  std::string service_namespace;  // empty when it says none
  std::string storage_uri;
  // "ml/iris", "iris"
  std::string text() const;
};

// `file` names the text in messages.
ManifestService read_service(const std::string& manifest, const std::string& file,
                             const ServiceSelector& selector);
// The same bytes but for the storageUri.
std::string with_storage_uri(const std::string& manifest, const std::string& file,
                             const ServiceSelector& selector, const StorageUri& storage_uri);

}  // namespace kserve_deploy
