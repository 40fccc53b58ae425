// PEM: the text form of keys, for the .cpp files of this library.
//
// Errors: Error{input} for what is no PEM.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace crypto {

struct PemBlock {
  std::string type;
  std::string body;
  std::string rest;  // what follows the block
};

// The first PEM block of `pem`; `where` names it in messages.
PemBlock read_pem(std::string_view pem, std::string_view where);
std::string write_pem(const std::string& type, std::string_view body);

// Error{input} "WHERE: reason". OpenSSL's own list of reasons is emptied.
base::Error bad_key(std::string_view where, const std::string& reason);

}  // namespace crypto
