// A live model endpoint: requests whose failure is an answer, and the two protocols that model servers speak.
//
// Whatever the endpoint does (refuses, hangs, resets, truncates, answers nonsense) comes back as a text;
// only an interruption of this step is thrown.   Threads: one transport per thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/yaml.hpp"
#include "http/transport.hpp"

namespace eval_gate {

struct Exchange {
  std::optional<http::Response> response;
  std::string failure;  // why there is none
};
Exchange exchange(http::Transport& transport, const http::Request& request,
                  std::chrono::milliseconds timeout);

// KServe's V1 ("/v1/models/NAME:predict") and V2, the Open Inference Protocol ("/v2/models/NAME/infer").
enum class Protocol { v1, v2 };

// Where and how a model is asked: the keys `protocol`, `model`, `path`, `headers`, `timeout`, `load-timeout`.
struct ModelAddress {
  Protocol protocol = Protocol::v1;
  std::string model;
  std::string path;  // of predictions
  http::Headers headers;
  std::chrono::milliseconds timeout{10'000};       // of one request
  std::chrono::milliseconds load_timeout{60'000};  // until the model says that it is ready
};
ModelAddress parse_model_address(const base::YamlValue& value);
// These keys, for reject_unknown_gate_keys.
std::vector<std::string> model_address_keys(std::vector<std::string> more);

// A POST of `body` to the address under `endpoint`.
http::Request prediction_request(const http::Url& endpoint, const ModelAddress& address, std::string body);

// Asks until the model says that it is ready; the last reason if it does not within the load timeout.
std::optional<std::string> wait_until_ready(http::Transport& transport, const http::Url& endpoint,
                                            const ModelAddress& address);

// The body as JSON, or why it is none: an HTML page, half a document.
struct JsonBody {
  std::optional<base::Json> json;
  std::string failure;
};
JsonBody json_body(const http::Response& response);
// What is wrong with an answer by the protocol alone; empty when nothing is.
std::vector<std::string> protocol_faults(Protocol protocol, const base::Json& request,
                                         const base::Json& response);

}  // namespace eval_gate
