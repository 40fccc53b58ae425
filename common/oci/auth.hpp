// Authenticating: a Transport that shows a registry what it asks for: nothing, Basic, or a Bearer token
// (distribution's token protocol).
//
// Authorization goes to the registry's own origin only; every other address is checked by check_target before
// it is asked. A 401 is answered once with a new token, and once more if the registry then names a further
// scope; what remains is the answer. Tokens are renewed before they expire.
//
// Errors: those of the inner transport; Error{precondition} when the token server refuses the credentials or
// must not be asked; Error{input} for a malformed token answer.   Threads: as the inner transport.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "http/transport.hpp"
#include "oci/challenge.hpp"
#include "oci/credentials.hpp"

namespace oci {

struct AuthSettings {
  http::Url registry;
  std::string scope;  // asked for with the first token: "repository:team/app:pull,push"
  std::optional<Credential> credential;
};

class Authenticating : public http::Transport {
 public:
  Authenticating(http::Transport& inner, AuthSettings settings);
  http::Response send(const http::Request& request, const http::Limits& limits) override;

 private:
  enum class Answer { stands, changed };

  std::optional<std::string> authorization();
  Answer answer(const http::Response& refusal, int round);
  Answer answer_bearer(const Challenge& challenge, int round);
  bool add_scope(const std::string& scope);
  void fetch_token();
  http::Response ask_token_server();
  http::Request token_request() const;
  http::Request exchange_request() const;

  http::Transport& inner_;
  AuthSettings settings_;
  bool use_basic_ = false;
  std::optional<Challenge> bearer_;
  std::vector<std::string> scopes_;
  std::string token_;
  std::chrono::steady_clock::time_point renew_at_;
};

}  // namespace oci
