#include "oci/auth.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "http/errors.hpp"
#include "oci/private_address.hpp"

namespace oci {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::uint64_t most_token_bytes = std::uint64_t{64} << 10U;
// What the protocol says when the answer gives no life time.
constexpr long long default_lifetime_s = 60;

std::string basic(const Credential& credential) {
  return "Basic " + base::to_base64(credential.user + ":" + credential.password);
}

bool has_password(const std::optional<Credential>& credential) {
  return credential && !credential->user.empty() && credential->identity_token.empty();
}

std::string parameter(const Challenge& challenge, const char* name) {
  const auto found = challenge.parameters.find(name);
  return found == challenge.parameters.end() ? "" : found->second;
}

// Whether "repository:NAME:pull,push" asks for all that "repository:NAME:pull" asks for.
bool covers(const std::string& scope, const std::string& other) {
  const auto colon = scope.rfind(':');
  if (scope.substr(0, colon) != other.substr(0, other.rfind(':'))) return false;
  const auto actions = base::split(scope.substr(colon + 1), ',');
  const auto wanted = base::split(other.substr(other.rfind(':') + 1), ',');
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& action) {
    return std::find(actions.begin(), actions.end(), action) != actions.end();
  });
}

http::Limits token_limits() {
  http::Limits limits;
  limits.max_body = most_token_bytes;
  limits.total = std::chrono::minutes(2);
  return limits;
}

}  // namespace

Authenticating::Authenticating(http::Transport& inner, AuthSettings settings)
    : inner_(inner), settings_(std::move(settings)) {
  if (!settings_.scope.empty()) scopes_.push_back(settings_.scope);
}

http::Response Authenticating::send(const http::Request& request, const http::Limits& limits) {
  check_target(settings_.registry, request.url);
  if (!request.url.same_origin(settings_.registry)) return inner_.send(request, limits);
  for (int round = 0;; ++round) {
    auto attempt = request;
    if (const auto value = authorization()) attempt.headers.set("Authorization", *value);
    auto response = inner_.send(attempt, limits);
    if (response.status != 401 || round == 2 || answer(response, round) == Answer::stands) return response;
  }
}

std::optional<std::string> Authenticating::authorization() {
  if (settings_.credential && !settings_.credential->registry_token.empty())
    return "Bearer " + settings_.credential->registry_token;
  if (use_basic_) return basic(*settings_.credential);
  if (!bearer_) return std::nullopt;
  if (std::chrono::steady_clock::now() >= renew_at_) fetch_token();
  return "Bearer " + token_;
}

Authenticating::Answer Authenticating::answer(const http::Response& refusal, int round) {
  std::optional<Challenge> basic_challenge;
  for (const auto& value : refusal.headers.all("WWW-Authenticate")) {
    for (const auto& challenge : parse_challenges(value)) {
      if (challenge.scheme == "bearer" && !parameter(challenge, "realm").empty())
        return answer_bearer(challenge, round);
      if (challenge.scheme == "basic") basic_challenge = challenge;
    }
  }
  if (!basic_challenge || use_basic_ || !has_password(settings_.credential)) return Answer::stands;
  use_basic_ = true;
  return Answer::changed;
}

Authenticating::Answer Authenticating::answer_bearer(const Challenge& challenge, int round) {
  if (settings_.credential && !settings_.credential->registry_token.empty()) return Answer::stands;
  bearer_ = challenge;
  const bool asks_more = add_scope(parameter(challenge, "scope"));
  if (round > 0 && !asks_more) return Answer::stands;
  fetch_token();
  return Answer::changed;
}

// What the registry just asked for comes first: some token servers look at the first scope only.
bool Authenticating::add_scope(const std::string& scope) {
  const auto is_covered = [&](const std::string& known) { return covers(known, scope); };
  if (scope.empty() || std::any_of(scopes_.begin(), scopes_.end(), is_covered)) return false;
  if (scopes_.size() < 8) scopes_.insert(scopes_.begin(), scope);
  return true;
}

void Authenticating::fetch_token() {
  const auto response = ask_token_server();
  const std::string where = "the answer of the token server " + parameter(*bearer_, "realm");
  const auto document = base::parse_json(response.body, where, {most_token_bytes, 16});
  if (!document.is_object()) throw Error(ErrorKind::input, where + ": expected an object");
  auto token = base::optional_string(document, "token", where);
  if (!token || token->empty()) token = base::optional_string(document, "access_token", where);
  if (!token || token->empty()) throw Error(ErrorKind::input, where + ": it holds no token");
  base::add_secret(*token);
  token_ = *token;
  const auto lifetime = base::optional_number(document, "expires_in", where).value_or(default_lifetime_s);
  // Renewed at two thirds of its life; a nonsensical life time is taken as the default.
  const auto seconds =
      lifetime >= 1 && lifetime <= 1e7 ? static_cast<long long>(lifetime) : default_lifetime_s;
  renew_at_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(seconds * 667);
}

http::Response Authenticating::ask_token_server() {
  const bool has_identity = settings_.credential && !settings_.credential->identity_token.empty();
  auto request = has_identity ? exchange_request() : token_request();
  check_target(settings_.registry, request.url);
  auto response = inner_.send(request, token_limits());
  if (has_identity && (response.status == 404 || response.status == 405)) {
    request = token_request();
    response = inner_.send(request, token_limits());
  }
  if (response.ok()) return response;
  const auto context = settings_.credential ? "with the credentials of " + settings_.credential->source
                                            : std::string("without credentials");
  return base::in_context("asking for a token " + context,
                          [&] { return http::expect_success(request, response); });
}

http::Request Authenticating::token_request() const {
  std::vector<std::pair<std::string, std::string>> fields;
  if (const auto service = parameter(*bearer_, "service"); !service.empty())
    fields.emplace_back("service", service);
  for (const auto& scope : scopes_) fields.emplace_back("scope", scope);
  http::Request request;
  request.url = http::Url::parse(parameter(*bearer_, "realm"));
  const bool has_query = request.url.target.find('?') != std::string::npos;
  request.url.target += (has_query ? "&" : "?") + http::form_encode(fields);
  if (has_password(settings_.credential)) request.headers.set("Authorization", basic(*settings_.credential));
  return request;
}

// RFC 6749 §6, as Docker's token servers do it.
http::Request Authenticating::exchange_request() const {
  http::Request request;
  request.method = "POST";
  request.idempotent = true;
  request.url = http::Url::parse(parameter(*bearer_, "realm"));
  request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  request.body = http::form_encode({{"grant_type", "refresh_token"},
                                    {"service", parameter(*bearer_, "service")},
                                    {"client_id", "mlsteps"},
                                    {"scope", base::join(scopes_, " ")},
                                    {"refresh_token", settings_.credential->identity_token}});
  return request;
}

}  // namespace oci
