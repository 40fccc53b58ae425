// WWW-Authenticate (RFC 9110 §11.6.1): what a registry wants to see.   Threads: values.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace oci {

struct Challenge {
  std::string scheme;                             // lower case: "bearer", "basic"
  std::map<std::string, std::string> parameters;  // names in lower case, values without quotes
};

// Every challenge in the header's value; what cannot be read is left out.
std::vector<Challenge> parse_challenges(std::string_view value);

}  // namespace oci
