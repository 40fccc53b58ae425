#include "http/errors.hpp"

#include <map>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "http/backoff.hpp"
#include "http/transport.hpp"

namespace http {
namespace {

constexpr std::size_t most_words = 600;

std::string text_member(const base::Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// {"errors":[{"code":…,"message":…}]} of registries, {"error_code":…,"message":…} of MLflow, {"detail":…},
// {"error":…} and {"message":…} of the rest.
std::string words_of(const base::Json& document) {
  if (!document.is_object()) return "";
  if (const auto errors = document.find("errors"); errors != document.end() && errors->is_array()) {
    std::vector<std::string> pieces;
    for (const auto& entry : *errors)
      if (entry.is_object())
        pieces.push_back(base::join({text_member(entry, "code"), text_member(entry, "message")}, " "));
    return base::join(pieces, "; ");
  }
  std::vector<std::string> pieces;
  for (const char* key : {"error_code", "message", "detail", "error_description", "error", "details"}) {
    const auto text = text_member(document, key);
    if (!text.empty()) pieces.push_back(text);
  }
  return base::join(pieces, " ");
}

std::string server_words(const std::string& body) {
  if (body.empty()) return "";
  // What the server says is shown, not used: the lenient parser is enough, on a small body.
  const auto document = body.size() <= 65536 ? base::Json::parse(body, nullptr, false) : base::Json();
  auto words = document.is_discarded() ? "" : words_of(document);
  if (words.empty()) words = base::trim(body);
  return ": " + base::printable(words, most_words);
}

}  // namespace

std::string describe(const Request& request) {
  return request.method + " " + base::redact_url(request.url.text());
}

std::string status_text(int status) {
  static const std::map<int, std::string> names = {
      {301, "Moved Permanently"},
      {302, "Found"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {411, "Length Required"},
      {412, "Precondition Failed"},
      {413, "Content Too Large"},
      {415, "Unsupported Media Type"},
      {416, "Range Not Satisfiable"},
      {422, "Unprocessable Content"},
      {429, "Too Many Requests"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
  };
  const auto found = names.find(status);
  return std::to_string(status) + (found == names.end() ? "" : " " + found->second);
}

void throw_http_error(const Request& request, const Response& response) {
  const auto kind = is_retryable(response.status) || response.status >= 500 ? base::ErrorKind::unavailable
                                                                            : base::ErrorKind::precondition;
  const auto tried = response.tries > 1 ? ", tried " + std::to_string(response.tries) + " times" : "";
  throw base::Error(
      kind, describe(request) + ": " + status_text(response.status) + tried + server_words(response.body));
}

const Response& expect_success(const Request& request, const Response& response) {
  if (!response.ok()) throw_http_error(request, response);
  return response;
}

}  // namespace http
