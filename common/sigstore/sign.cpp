#include "sigstore/sign.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "crypto/file_hash.hpp"
#include "sigstore/bundle.hpp"
#include "sigstore/dsse.hpp"
#include "sigstore/model_signing.hpp"

namespace sigstore {

namespace fs = std::filesystem;

std::string sign_blob(const base::Digest& sha256, const crypto::PrivateKey& key) {
  const base::OrderedJson digest{{"algorithm", "SHA2_256"},
                                 {"digest", base::to_base64(base::from_hex(sha256.hex()))}};
  const base::OrderedJson message{{"messageDigest", digest},
                                  {"signature", base::to_base64(key.sign_digest(sha256))}};
  return write_bundle(cosign_hint(key.public_key()), {{"messageSignature", message}});
}

ModelToSign model_to_sign(const fs::path& root, const std::vector<std::string>& ignored) {
  std::vector<std::string> left_out{".git", ".gitattributes", ".github", ".gitignore"};
  left_out.insert(left_out.end(), ignored.begin(), ignored.end());
  auto files = crypto::hash_tree(root, {.symlinks = crypto::Symlinks::refuse, .ignore = left_out});
  // "models/" and "models/." are the directory "models".
  const auto name = fs::weakly_canonical(root).filename().string();
  return {std::move(files), name, std::move(left_out)};
}

std::string sign_model(const ModelToSign& model, const crypto::PrivateKey& key) {
  if (model.files.empty()) {
    throw base::Error(base::ErrorKind::input, "the model '" + model.name + "' has no files to sign");
  }
  const auto statement = model_statement(model.files, model.name, model.ignored);
  return write_bundle(model_signing_hint(key.public_key()),
                      {{"dsseEnvelope", sign_envelope(statement, key)}});
}

}  // namespace sigstore
