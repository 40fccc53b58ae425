// The numbered checks of verification, one sentence each. This table is the documentation, the refusal's text
// and the tests' list at once; a number never changes its meaning.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace sigstore {

enum class Check {
  found_in_place = 1,
  document_size,
  strict_json,
  media_type,
  known_fields,
  key_material,
  log_entries,
  one_content,
  one_signature,
  encoding,
  payload_type,
  signature,
  statement,
  subject,
  predicate_type,
  annotations,
  reference,
  message_digest,
  payload_digest,
  claim,
  model_manifest,
  model_method,
  model_root,
  model_files,
};

struct CheckRow {
  Check check;
  std::string_view title;
  std::string_view sentence;
};

inline constexpr std::array<CheckRow, 24> check_table{{
    {Check::found_in_place, "found in place",
     "The registry lists the signature as a referrer or under its tag, and its manifest and blob are there."},
    {Check::document_size, "size", "A bundle has at most 32 MiB, a payload at most 128 MiB."},
    {Check::strict_json, "strict JSON",
     "The document is JSON in UTF-8 without duplicate keys, trailing data or nesting beyond 64."},
    {Check::media_type, "media type",
     "The media type is that of a bundle (versions 0.1 to 0.3), or of a simple-signing layer."},
    {Check::known_fields, "known fields", "The bundle has the fields of its specification and no others."},
    {Check::key_material, "key material",
     "The bundle names a public key; one with a certificate is not signed with a key."},
    {Check::log_entries, "log entries", "There are at most 32 log entries and 32 timestamps."},
    {Check::one_content, "one content", "There is either a message signature or a DSSE envelope."},
    {Check::one_signature, "one signature", "A DSSE envelope has exactly one signature."},
    {Check::encoding, "encoding", "Payload, signature and digest are strict base64."},
    {Check::payload_type, "payload type", "The envelope's payload is of type application/vnd.in-toto+json."},
    {Check::signature, "signature",
     "The signature over the exact bytes holds under one of the trusted keys."},
    {Check::statement, "statement", "The signed payload is an in-toto Statement (v1 or v0.1)."},
    {Check::subject, "subject", "One of the statement's subjects has the digest that is being verified."},
    {Check::predicate_type, "predicate type", "The statement's predicate type is the one that is asked for."},
    {Check::annotations, "annotations", "Every demanded annotation is signed along, with the same value."},
    {Check::reference, "reference", "The signer called the image by the name under which it was asked for."},
    {Check::message_digest, "message digest",
     "The digest that the bundle names is the digest of the blob; it is never used in its place."},
    {Check::payload_digest, "payload digest",
     "The digest in a simple-signing payload is that of the image being verified."},
    {Check::claim, "claim", "A simple-signing payload has the form that cosign gives it."},
    {Check::model_manifest, "model manifest",
     "The predicate lists resources with safe relative paths, each once, and how they were hashed."},
    {Check::model_method, "model method", "The files were hashed with SHA-256, whole or in shards."},
    {Check::model_root, "model root", "The subject's digest is the hash over the resources' digests."},
    {Check::model_files, "model files",
     "The directory has exactly the signed files, each with its signed digest."},
}};

constexpr int number(Check check) {
  return static_cast<int>(check);
}
const CheckRow& row_of(Check check);

// Why one signature does not count.
struct Refusal {
  std::string place;  // which signature
  Check check;
  std::string detail;  // "expected …, found …"

  // "check 14 (subject): expected …, found …"
  std::string text() const;
};

}  // namespace sigstore
