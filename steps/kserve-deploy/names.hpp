// The values that are written into a manifest or handed to Git, checked when the command line is read.
//
// Errors: Error{usage}.   Threads: values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "kserve-deploy/storage_uri.hpp"
#include "model_registry/model_registry.hpp"

namespace kserve_deploy {

// What is to be served: a version in a model registry, or an address.
struct ModelName {
  std::variant<model_registry::ModelUri, StorageUri> value;
  static ModelName parse(std::string_view text);
  std::string text() const;
};

// The name of an InferenceService or a namespace: a DNS label that starts with a letter.
struct DnsLabel {
  std::string value;
  static DnsLabel parse(std::string_view text);
  const std::string& text() const { return value; }
};

// A Kubernetes quantity: "2", "500m", "4Gi".
struct Quantity {
  std::string value;
  static Quantity parse(std::string_view text);
  const std::string& text() const { return value; }
};

// "Name <mail@example.com>"
struct Author {
  std::string name;
  std::string mail;
  static Author parse(std::string_view text);
  std::string text() const { return name + " <" + mail + ">"; }
};

// The address of a Git remote; one that holds a password is refused.
struct GitUrl {
  std::string value;
  static GitUrl parse(std::string_view text);
  const std::string& text() const { return value; }
};

// A path inside a repository: relative, without "..".
struct RepositoryPath {
  std::string value;
  static RepositoryPath parse(std::string_view text);
  const std::string& text() const { return value; }
};

}  // namespace kserve_deploy
