#include "promote-alias/actor.hpp"

#include <unistd.h>

#include <cstdlib>

#include "base/text.hpp"

namespace promote_alias {

std::string actor(const std::optional<std::string>& given) {
  if (given) return base::printable(*given, 200);
  for (const char* name :
       {"MLSTEPS_ACTOR", "GITHUB_ACTOR", "GITLAB_USER_LOGIN", "CHANGE_AUTHOR", "LOGNAME", "USER"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return base::printable(value, 200);
  }
  return "uid " + std::to_string(::getuid());
}

}  // namespace promote_alias
