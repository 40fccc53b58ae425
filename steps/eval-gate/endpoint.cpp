#include "endpoint.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "gate_keys.hpp"

namespace eval_gate {
namespace {

using Clock = std::chrono::steady_clock;

http::Url under(const http::Url& endpoint, const std::string& path) {
  auto url = endpoint;
  while (!url.target.empty() && url.target.back() == '/') url.target.pop_back();
  url.target += path;
  return url;
}

// Servers answer 200 without a body, {"ready": true}, or, in V1, the state of each version.
bool says_not_ready(const base::Json& body) {
  if (!body.is_object() || !body.contains("ready")) return false;
  const auto& ready = body.at("ready");
  return ready == false || ready == "false" || ready == "False";
}

std::optional<std::string> not_ready_reason(const Exchange& answer) {
  if (!answer.response) return answer.failure;
  if (answer.response->status != 200)
    return "status " + std::to_string(answer.response->status) + ": " +
           base::printable(answer.response->body, 200);
  if (base::trim(answer.response->body).empty()) return std::nullopt;
  const auto body = json_body(*answer.response);
  if (!body.json) return body.failure;
  if (says_not_ready(*body.json)) return "the model says that it is not ready";
  return std::nullopt;
}

std::string ready_path(const ModelAddress& address) {
  const auto model = http::percent_encode(address.model);
  return address.protocol == Protocol::v1 ? "/v1/models/" + model : "/v2/models/" + model + "/ready";
}

}  // namespace

Exchange exchange(http::Transport& transport, const http::Request& request,
                  std::chrono::milliseconds timeout) {
  const http::Limits limits{.connect = timeout, .idle = timeout, .total = timeout};
  try {
    return {transport.send(request, limits), ""};
  } catch (const base::Error& error) {
    const bool of_endpoint = error.kind() == base::ErrorKind::unavailable ||
                             error.kind() == base::ErrorKind::precondition ||
                             error.kind() == base::ErrorKind::input;
    if (!of_endpoint) throw;
    return {std::nullopt, error.message()};
  }
}

std::vector<std::string> model_address_keys(std::vector<std::string> more) {
  more.insert(more.begin(), {"protocol", "model", "path", "headers", "timeout", "load-timeout"});
  return more;
}

ModelAddress parse_model_address(const base::YamlValue& value) {
  ModelAddress address;
  if (const auto protocol = value.find("protocol")) {
    if (protocol->text() != "v1" && protocol->text() != "v2")
      throw protocol->error("'" + base::printable(protocol->text(), 100) + "' is not v1 or v2");
    address.protocol = protocol->text() == "v1" ? Protocol::v1 : Protocol::v2;
  }
  address.model = value.at("model").text();
  if (address.model.empty()) throw value.at("model").error("'model' is empty");
  const auto model = http::percent_encode(address.model);
  address.path = text_key(value, "path",
                          address.protocol == Protocol::v1 ? "/v1/models/" + model + ":predict"
                                                           : "/v2/models/" + model + "/infer");
  if (address.path.empty() || address.path.front() != '/')
    throw value.at("path").error("'path' must start with '/'");
  if (const auto headers = value.find("headers")) {
    for (const auto& [name, text] : headers->entries()) address.headers.set(name, text.text());
  }
  address.timeout = duration_key(value, "timeout", address.timeout);
  address.load_timeout = duration_key(value, "load-timeout", address.load_timeout);
  return address;
}

http::Request prediction_request(const http::Url& endpoint, const ModelAddress& address, std::string body) {
  http::Request request;
  request.method = "POST";
  request.url = under(endpoint, address.path);
  request.headers = address.headers;
  request.headers.set("Content-Type", "application/json");
  request.headers.set("Accept", "application/json");
  request.body = std::move(body);
  return request;
}

std::optional<std::string> wait_until_ready(http::Transport& transport, const http::Url& endpoint,
                                            const ModelAddress& address) {
  http::Request request;
  request.url = under(endpoint, ready_path(address));
  request.headers = address.headers;
  const auto give_up = Clock::now() + address.load_timeout;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(give_up - Clock::now());
    const auto timeout = std::max(std::chrono::milliseconds(1), std::min(address.timeout, left));
    const auto reason = not_ready_reason(exchange(transport, request, timeout));
    if (!reason) return std::nullopt;
    base::log_debug("not ready: " + *reason);
    constexpr std::chrono::milliseconds pause{250};
    if (Clock::now() + pause >= give_up)
      return "the model is not ready within " + std::to_string(address.load_timeout.count()) +
             " ms: " + *reason;
    base::interruptible_sleep(pause);
  }
}

JsonBody json_body(const http::Response& response) {
  try {
    return {base::parse_json(response.body, "the answer"), ""};
  } catch (const base::Error& error) {
    const auto type = response.headers.get("Content-Type").value_or("no content type");
    return {std::nullopt, "the answer (" + base::printable(type, 100) + ") is not JSON: " + error.message() +
                              ": '" + base::printable(response.body, 120) + "'"};
  }
}

}  // namespace eval_gate
