// The form in which cosign keeps a private key: JSON with scrypt's parameters and a secretbox around the key.
//
// Errors: Error{input} for another form, or for scrypt parameters that cosign does not write (they could ask
// for any amount of memory); Error{precondition} for a wrong password.   Threads: any.
#pragma once

#include <string>
#include <string_view>

namespace crypto {

// The key in DER that `json` holds. `where` names the file in messages.
std::string open_sealed_key(std::string_view json, std::string_view password, std::string_view where);
// The JSON for `der`, with a fresh salt and nonce.
std::string seal_key(std::string_view der, std::string_view password);

}  // namespace crypto
