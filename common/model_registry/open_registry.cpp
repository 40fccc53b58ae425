#include "base/error.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "http/url.hpp"
#include "model_registry/local_registry.hpp"
#include "model_registry/mlflow_registry.hpp"
#include "model_registry/model_registry.hpp"

namespace model_registry {
namespace {

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

}  // namespace

std::unique_ptr<ModelRegistry> open_registry(const std::string& uri) {
  if (starts_with(uri, "http://") || starts_with(uri, "https://")) {
    return std::make_unique<MlflowRegistry>(uri);
  }
  constexpr std::string_view file_scheme = "file://";
  if (starts_with(uri, "file:///")) {
    return std::make_unique<LocalRegistry>(http::percent_decode(uri.substr(file_scheme.size())));
  }
  if (uri.empty() || uri.find("://") != std::string::npos) {
    throw base::Error(
        base::ErrorKind::usage,
        "'" + base::printable(base::redact_url(uri), 300) +
            "' is not a model registry; expected a directory, file:///DIRECTORY, or the address "
            "of an MLflow server (http:// or https://)");
  }
  return std::make_unique<LocalRegistry>(uri);
}

}  // namespace model_registry
