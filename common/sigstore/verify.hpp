// Verification of signatures made with a key: of images, blobs and model directories.
//
// The answer is a Verified, which only these functions can make, or a NotVerified with one numbered refusal
// (check.hpp) per signature that was found. One signature that holds under one of the keys is enough; the
// others' refusals are kept for the report. No decision rests on an unauthenticated field (hint, keyid,
// annotations of descriptors, artifact types).
//
// Errors: malformed signatures are refusals, not errors. Error{unavailable} and the like from a registry
// leave these functions: nothing was verified then. Error{input} for a model directory that cannot be hashed.
// Threads: any.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/digest.hpp"
#include "crypto/key.hpp"
#include "oci/repository.hpp"
#include "sigstore/check.hpp"

namespace sigstore {

struct TrustedKey {
  std::string name;  // for people: the file it came from
  crypto::PublicKey key;
};

// One signature that holds.
struct Signature {
  std::string place;             // "bundle sha256:…", "layer 2 of sha256-….sig", "model.sig"
  std::string form;              // "bundle", "simple-signing"
  std::string signer;            // the trusted key's name
  base::Digest key_fingerprint;  // of the trusted key's SubjectPublicKeyInfo
  std::optional<std::string> predicate_type;
  std::optional<std::string> docker_reference;  // what the signer called the image
  std::map<std::string, std::string> annotations;
  std::vector<std::string> notes;  // "its transparency log entry was not consulted"
};

// What a signature vouches for. Made only by the functions below.
class Verified {
 public:
  const base::Digest& digest() const { return digest_; }  // of the image or blob; for a model its tree digest
  const std::vector<Signature>& signatures() const { return signatures_; }  // at least one
  const std::vector<Refusal>& refusals() const { return refusals_; }        // of the others

 private:
  friend struct Examination;
  Verified(base::Digest digest, std::vector<Signature> signatures, std::vector<Refusal> refusals)
      : digest_(std::move(digest)), signatures_(std::move(signatures)), refusals_(std::move(refusals)) {}

  base::Digest digest_;
  std::vector<Signature> signatures_;
  std::vector<Refusal> refusals_;
};

struct NotVerified {
  std::vector<Refusal> refusals;  // empty: no signature was found
};

using Outcome = std::variant<Verified, NotVerified>;

enum class Predicates {
  of_signatures,  // a statement must say that it is an image signature (https://sigstore.dev/cosign/sign/v1)
  any,            // any verified statement about the subject counts, as for cosign
};

struct Policy {
  std::vector<TrustedKey> keys;                    // any of them; none is Error{usage}
  std::map<std::string, std::string> annotations;  // must be signed along, with these values
  std::optional<std::string> reference;            // what the signer must have called the image
  Predicates predicates = Predicates::of_signatures;
};

// By bundle referrers (API, fallback tag, layout index) and by the tag sha256-HEX.sig.
Outcome verify_image(oci::Repository& repository, const base::Digest& image, const Policy& policy);

// The digests of a blob; more than SHA-256 is needed for keys on P-384 and P-521 only.
struct BlobDigests {
  base::Digest sha256;
  std::optional<std::string> sha384;  // raw bytes
  std::optional<std::string> sha512;
};
// Reads the file once, in constant memory, and computes what `keys` need.
BlobDigests hash_blob(const std::filesystem::path& path, const std::vector<TrustedKey>& keys);
// `bundle` is the content of the bundle file, `place` its name.
Outcome verify_blob(const BlobDigests& blob, std::string_view bundle, std::string_view place,
                    const Policy& policy);

struct ModelDirectory {
  std::filesystem::path root;
  std::vector<std::string> ignored;  // relative paths, each with everything under it, beside the signed ones
};
// The signature is verified first; only then are files hashed.
Outcome verify_model(const ModelDirectory& model, std::string_view bundle, std::string_view place,
                     const Policy& policy);

}  // namespace sigstore
