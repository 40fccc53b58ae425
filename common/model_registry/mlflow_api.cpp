#include "model_registry/mlflow_api.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "base/encoding.hpp"
#include "base/interrupt.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace model_registry {
namespace {

using base::Error;
using base::ErrorKind;
using base::Json;

constexpr std::string_view api_path = "/api/2.0/mlflow";

http::Limits api_limits() {
  http::Limits limits;
  limits.total = std::chrono::minutes(5);
  limits.max_body = std::uint64_t{64} << 20U;
  return limits;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string basic(const std::string& user_and_password) {
  const auto colon = user_and_password.find(':');
  if (colon != std::string::npos) base::add_secret(user_and_password.substr(colon + 1));
  return "Basic " + base::to_base64(user_and_password);
}

// Username and password before the token, as in MLflow's client.
std::string authorization_for(const http::Url& server) {
  const auto user = variable("MLFLOW_TRACKING_USERNAME");
  const auto password = variable("MLFLOW_TRACKING_PASSWORD");
  const auto token = variable("MLFLOW_TRACKING_TOKEN");
  if (!token.empty()) base::add_secret(token);
  if (!user.empty() && !password.empty()) {
    if (!token.empty())
      base::log_warning("MLFLOW_TRACKING_TOKEN is not used: a user name and password are set");
    return basic(user + ":" + password);
  }
  if (!server.user_info.empty()) return basic(http::percent_decode(server.user_info));
  return token.empty() ? "" : "Bearer " + token;
}

bool is_json(const http::Response& response) {
  const auto type = response.headers.get("Content-Type").value_or("");
  return type.find("json") != std::string::npos;
}

// The error document; null when the body is none (the authentication app and proxies answer in plain text).
Json error_document(const http::Response& response) {
  if (!is_json(response) || response.body.size() > (std::size_t{1} << 20U)) return nullptr;
  auto document = Json::parse(response.body, nullptr, false);
  return document.is_object() ? document : Json(nullptr);
}

std::string error_code_of(const http::Response& response) {
  const auto document = error_document(response);
  if (document.is_null()) return "";
  const auto found = document.find("error_code");
  return found != document.end() && found->is_string() ? found->get<std::string>() : "";
}

// What the user can do about the failures that are met most.
std::string remedy(const http::Request& request, const http::Response& response) {
  if (response.status == 403 && response.body.find("Invalid Host header") != std::string::npos) {
    return "; the server does not accept the name " + request.url.authority() +
           ": start it with --allowed-hosts '" + request.url.authority() +
           "' (or MLFLOW_SERVER_ALLOWED_HOSTS), the port included";
  }
  if (response.status == 401) {
    return "; set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN";
  }
  if (response.status == 403) return "; the user needs the permission EDIT on the experiment and the model";
  if (response.status == 404 && !is_json(response)) {
    return "; is this an MLflow server? expected an address like http://mlflow.example:5000";
  }
  if (response.status == 409 && request.url.target.find("/mlflow-artifacts/") != std::string::npos) {
    return "; the server takes no uploads through itself: start it without --artifacts-only-presigned";
  }
  if (response.status == 503 && request.url.target.find("/mlflow-artifacts/") != std::string::npos) {
    return "; if the server was started with --no-serve-artifacts, start it with --serve-artifacts";
  }
  if (response.status == 413)
    return "; a proxy before the server limits the size of uploads: raise that limit";
  return "";
}

}  // namespace

void throw_mlflow_error(const http::Request& request, const http::Response& response) {
  try {
    http::throw_http_error(request, response);
  } catch (const Error& error) {
    throw Error(error.kind(), error.message() + remedy(request, response));
  }
}

MlflowApi::MlflowApi(std::string_view uri) : server_(http::Url::parse(uri)) {
  if (server_.target.find('?') != std::string::npos) {
    throw Error(ErrorKind::usage, "the registry's address " + base::redact_url(uri) +
                                      " has a query; expected for example http://mlflow.example:5000");
  }
  while (!server_.target.empty() && server_.target.back() == '/') server_.target.pop_back();
  authorization_ = authorization_for(server_);
  server_.user_info.clear();
  uri_ = server_.scheme + "://" + server_.authority() + server_.target;
}

http::Url MlflowApi::address(std::string_view path) const {
  http::Url url = server_;
  url.target += path;
  return url;
}

http::Response MlflowApi::send(http::Request request, const http::Limits& limits) {
  if (!authorization_.empty() && request.url.same_origin(server_)) {
    request.headers.set("Authorization", authorization_);
  }
  return client_.send(request, limits);
}

MlflowAnswer MlflowApi::exchange(const http::Request& request, const std::vector<std::string>& accepted) {
  const auto response = send(request, api_limits());
  MlflowAnswer answer;
  answer.status = response.status;
  if (response.ok()) {
    const auto where = request.method + " " + base::redact_url(request.url.text());
    answer.body = base::parse_json(response.body, where);
    if (!answer.body.is_object()) throw Error(ErrorKind::input, where + ": answered no JSON object");
    return answer;
  }
  answer.error_code = error_code_of(response);
  if (std::find(accepted.begin(), accepted.end(), answer.error_code) != accepted.end()) return answer;
  throw_mlflow_error(request, response);
}

Json MlflowApi::get(std::string_view path, const Query& query) {
  http::Request request;
  request.url = address(std::string(api_path) + std::string(path) + "?" + http::form_encode(query));
  return exchange(request, {}).body;
}

std::optional<Json> MlflowApi::find(std::string_view path, const Query& query) {
  http::Request request;
  request.url = address(std::string(api_path) + std::string(path) + "?" + http::form_encode(query));
  auto answer = exchange(request, {"RESOURCE_DOES_NOT_EXIST"});
  return answer.ok() ? std::optional(std::move(answer.body)) : std::nullopt;
}

MlflowAnswer MlflowApi::try_change(std::string_view method, std::string_view path, const Json& body,
                                   Repeat repeat, const std::vector<std::string>& accepted) {
  http::Request request;
  request.method = method;
  request.url = address(std::string(api_path) + std::string(path));
  request.headers.set("Content-Type", "application/json");
  request.body = body.dump();
  request.idempotent = repeat == Repeat::safe;
  return exchange(request, accepted);
}

Json MlflowApi::change(std::string_view method, std::string_view path, const Json& body, Repeat repeat) {
  return try_change(method, path, body, repeat, {}).body;
}

void detail::before_trying_again(int tries, std::string_view what, const std::string& message) {
  base::log_warning("looking whether " + std::string(what) + " was created after: " + message);
  base::interruptible_sleep(std::chrono::milliseconds(200) * (1 << tries));
}

}  // namespace model_registry
