#include "crypto/pem.hpp"

#include <openssl/pem.h>

#include "crypto/openssl.hpp"

namespace crypto {

using base::Error;
using base::ErrorKind;

Error bad_key(std::string_view where, const std::string& reason) {
  ERR_clear_error();
  return Error(ErrorKind::input, std::string(where) + ": " + reason);
}

PemBlock read_pem(std::string_view pem, std::string_view where) {
  const auto bio = openssl::reading(pem);
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  if (PEM_read_bio(bio.get(), &name, &header, &data, &size) != 1) {
    throw bad_key(where, "not a PEM file, expected a line like -----BEGIN PUBLIC KEY-----");
  }
  PemBlock block{name, std::string(reinterpret_cast<char*>(data), static_cast<std::size_t>(size)), {}};
  char buffer[1024];
  for (int count = 0; (count = BIO_read(bio.get(), buffer, sizeof(buffer))) > 0;) {
    block.rest.append(buffer, static_cast<std::size_t>(count));
  }
  OPENSSL_free(name);
  OPENSSL_free(header);
  OPENSSL_clear_free(data, static_cast<std::size_t>(size));
  return block;
}

std::string write_pem(const std::string& type, std::string_view body) {
  const auto bio = openssl::writing();
  const int size =
      PEM_write_bio(bio.get(), type.c_str(), "", openssl::bytes(body), static_cast<long>(body.size()));
  openssl::check(size > 0 ? 1 : 0, "write PEM");
  return openssl::content(bio);
}

}  // namespace crypto
