// MlflowApi: calls of an MLflow server's REST interface, with its credentials and its kinds of failure.
//
// MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD give Basic, otherwise MLFLOW_TRACKING_TOKEN gives
// Bearer authorization, as in MLflow's own client.
//
// Errors: as model_registry.hpp; each says what the server said and what to do.   Threads: one.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"
#include "http/transport.hpp"

namespace model_registry {

using Query = std::vector<std::pair<std::string, std::string>>;

enum class Repeat {
  safe,   // twice has the effect of once: tried again after a failure on the way
  never,  // sent once; the caller looks what became of it
};

struct MlflowAnswer {
  int status = 0;
  std::string error_code;  // "RESOURCE_ALREADY_EXISTS"; empty when it succeeded or is no JSON
  base::Json body;         // null unless it succeeded
  bool ok() const { return status >= 200 && status < 300; }
};

class MlflowApi {
 public:
  explicit MlflowApi(std::string_view uri);

  // Without credentials, without a "/" at the end.
  const std::string& uri() const { return uri_; }

  // `path` is what follows ".../api/2.0/mlflow".
  base::Json get(std::string_view path, const Query& query);
  // Missing when the server says RESOURCE_DOES_NOT_EXIST.
  std::optional<base::Json> find(std::string_view path, const Query& query);
  base::Json change(std::string_view method, std::string_view path, const base::Json& body, Repeat repeat);
  // As change, but one of the `accepted` error codes is an answer.
  MlflowAnswer try_change(std::string_view method, std::string_view path, const base::Json& body,
                          Repeat repeat, const std::vector<std::string>& accepted);

  // A request to any address, with our credentials if it is of this server. Any status is an answer.
  http::Response send(http::Request request, const http::Limits& limits);
  // The address of `path` (with "/" in front) on this server.
  http::Url address(std::string_view path) const;

 private:
  MlflowAnswer exchange(const http::Request& request, const std::vector<std::string>& accepted);

  http::Url server_;
  std::string uri_;
  std::string authorization_;
  http::Client client_;
};

// Error for an answer that is a failure, with a remedy for the failures that are known.
[[noreturn]] void throw_mlflow_error(const http::Request& request, const http::Response& response);

namespace detail {
void before_trying_again(int tries, std::string_view what, const std::string& message);
inline constexpr int most_tries = 6;
}  // namespace detail

// Creates and, when it is not known what became of that, finds, or creates again. `find` returns an optional
// of what `create` returns.
template <class Find, class Create>
auto create_or_find(std::string_view what, Find find, Create create) -> decltype(create()) {
  for (int tries = 1;; ++tries) {
    std::string failure;
    try {
      return create();
    } catch (const base::Error& error) {
      if (error.kind() != base::ErrorKind::unavailable || tries == detail::most_tries) throw;
      failure = error.message();
    }
    detail::before_trying_again(tries, what, failure);
    if (auto found = find()) return std::move(*found);
  }
}

// The same for what may be there already.
template <class Find, class Create>
auto find_or_create(std::string_view what, Find find, Create create) -> decltype(create()) {
  if (auto found = find()) return std::move(*found);
  return create_or_find(what, find, create);
}

}  // namespace model_registry
