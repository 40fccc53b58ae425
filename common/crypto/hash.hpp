// Hashes, streaming and at once, over OpenSSL's EVP.   Threads: an object belongs to one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/digest.hpp"

namespace crypto {

enum class HashAlgorithm { sha256, sha384, sha512, md5 };  // md5 identifies (DVC, S3), it never protects

class Hash {
 public:
  explicit Hash(HashAlgorithm algorithm = HashAlgorithm::sha256);
  Hash(Hash&&) noexcept;
  Hash& operator=(Hash&&) noexcept;
  ~Hash();

  void update(std::string_view bytes);
  // The raw bytes of the digest; the object is used up.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A streaming SHA-256 that ends as a Digest.
class Sha256 {
 public:
  void update(std::string_view bytes) { hash_.update(bytes); }
  base::Digest finish();

 private:
  Hash hash_;
};

std::string hash(HashAlgorithm algorithm, std::string_view bytes);
base::Digest sha256(std::string_view bytes);

}  // namespace crypto
