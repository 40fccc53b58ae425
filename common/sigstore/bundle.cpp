#include "sigstore/bundle.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace sigstore {
namespace {

using base::Json;

constexpr std::string_view where = "bundle";
constexpr std::size_t most_entries = 32;
constexpr std::array<std::string_view, 4> known_media_types{
    "application/vnd.dev.sigstore.bundle+json;version=0.1",
    "application/vnd.dev.sigstore.bundle+json;version=0.2",
    "application/vnd.dev.sigstore.bundle+json;version=0.3", bundle_media_type};

bool has(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && !found->is_null();
}

void check_media_type(const Json& bundle, Checklist& checks) {
  checks.begin(Check::media_type);
  const auto type = base::require_string(bundle, "mediaType", where);
  if (std::find(known_media_types.begin(), known_media_types.end(), type) == known_media_types.end()) {
    checks.require_equal(bundle_media_type, type);
  }
}

void check_known_fields(const Json& bundle, Checklist& checks) {
  checks.begin(Check::known_fields);
  base::reject_unknown_keys(bundle, {"mediaType", "verificationMaterial", "messageSignature", "dsseEnvelope"},
                            where);
  const auto& material = base::require_object(bundle, "verificationMaterial", where);
  base::reject_unknown_keys(
      material,
      {"publicKey", "x509CertificateChain", "certificate", "tlogEntries", "timestampVerificationData"},
      where);
}

void check_key_material(const Json& material, Checklist& checks) {
  checks.begin(Check::key_material);
  checks.require(!has(material, "certificate") && !has(material, "x509CertificateChain"),
                 "the bundle carries a certificate, so it was not signed with a key but with an identity; a "
                 "trusted key cannot vouch for it");
  const auto& key = base::require_object(material, "publicKey", where);
  base::reject_unknown_keys(key, {"hint"}, where);
  base::optional_string(key, "hint", where);
}

// The length of a list that may be absent; its members must be objects.
std::size_t count(const Json& object, const char* key, Checklist& checks) {
  if (!has(object, key)) return 0;
  const auto& list = base::require_array(object, key, where);
  checks.require(list.size() <= most_entries,
                 "'" + std::string(key) + "' has " + std::to_string(list.size()) +
                     " members, expected at most " + std::to_string(most_entries));
  checks.require(std::all_of(list.begin(), list.end(), [](const Json& each) { return each.is_object(); }),
                 "'" + std::string(key) + "' has a member that is no object");
  return list.size();
}

std::vector<std::string> check_log_entries(const Json& material, Checklist& checks) {
  checks.begin(Check::log_entries);
  std::vector<std::string> notes;
  if (count(material, "tlogEntries", checks) > 0) {
    notes.emplace_back("it carries a transparency log entry; the log was not consulted");
  }
  if (has(material, "timestampVerificationData")) {
    const auto& data = base::require_object(material, "timestampVerificationData", where);
    base::reject_unknown_keys(data, {"rfc3161Timestamps"}, where);
    if (count(data, "rfc3161Timestamps", checks) > 0) {
      notes.emplace_back("it carries a timestamp, which was not checked");
    }
  }
  return notes;
}

UnverifiedEnvelope parse_envelope(const Json& envelope, Checklist& checks) {
  checks.begin(Check::known_fields);
  base::reject_unknown_keys(envelope, {"payload", "payloadType", "signatures"}, where);
  checks.begin(Check::one_signature);
  const auto& signatures = base::require_array(envelope, "signatures", where);
  checks.require(signatures.size() == 1,
                 "the envelope has " + std::to_string(signatures.size()) + " signatures, expected one");
  const auto& signature = signatures.front();
  checks.begin(Check::known_fields);
  checks.require(signature.is_object(), "a signature is no object");
  base::reject_unknown_keys(signature, {"sig", "keyid"}, where);
  base::optional_string(signature, "keyid", where);
  checks.begin(Check::encoding);
  return {base::require_string(envelope, "payloadType", where),
          base::from_base64(base::require_string(envelope, "payload", where)),
          base::from_base64(base::require_string(signature, "sig", where))};
}

crypto::HashAlgorithm algorithm_of(const std::string& name, Checklist& checks) {
  if (name == "SHA2_256") return crypto::HashAlgorithm::sha256;
  if (name == "SHA2_384") return crypto::HashAlgorithm::sha384;
  if (name == "SHA2_512") return crypto::HashAlgorithm::sha512;
  checks.refuse("the message digest is of the algorithm '" + base::printable(name, 60) +
                "', expected SHA2_256, SHA2_384 or SHA2_512");
}

UnverifiedMessageSignature parse_message_signature(const Json& content, Checklist& checks) {
  checks.begin(Check::known_fields);
  base::reject_unknown_keys(content, {"messageDigest", "signature"}, where);
  UnverifiedMessageSignature parsed;
  if (has(content, "messageDigest")) {
    const auto& digest = base::require_object(content, "messageDigest", where);
    base::reject_unknown_keys(digest, {"algorithm", "digest"}, where);
    checks.begin(Check::message_digest);
    const auto algorithm = algorithm_of(base::require_string(digest, "algorithm", where), checks);
    checks.begin(Check::encoding);
    parsed.digest = {algorithm, base::from_base64(base::require_string(digest, "digest", where))};
  }
  checks.begin(Check::encoding);
  parsed.signature = base::from_base64(base::require_string(content, "signature", where));
  return parsed;
}

}  // namespace

Bundle parse_bundle(std::string_view json, Checklist& checks) {
  checks.begin(Check::document_size);
  checks.require(json.size() <= bundle_limit, "the bundle has " + base::human_bytes(json.size()) +
                                                  ", expected at most " + base::human_bytes(bundle_limit));
  checks.begin(Check::strict_json);
  const auto bundle = base::parse_json(json, where);
  check_media_type(bundle, checks);
  check_known_fields(bundle, checks);
  const auto& material = base::require_object(bundle, "verificationMaterial", where);
  check_key_material(material, checks);
  Bundle parsed;
  parsed.notes = check_log_entries(material, checks);
  checks.begin(Check::one_content);
  checks.require(has(bundle, "dsseEnvelope") != has(bundle, "messageSignature"),
                 "expected either 'dsseEnvelope' or 'messageSignature', found both or neither");
  if (has(bundle, "dsseEnvelope")) {
    parsed.content = parse_envelope(base::require_object(bundle, "dsseEnvelope", where), checks);
  } else {
    parsed.content = parse_message_signature(base::require_object(bundle, "messageSignature", where), checks);
  }
  return parsed;
}

std::string cosign_hint(const crypto::PublicKey& key) {
  return base::to_base64(base::from_hex(key.fingerprint().hex()));
}

std::string model_signing_hint(const crypto::PublicKey& key) {
  return std::string(crypto::sha256(key.pem()).hex());
}

std::string write_bundle(const std::string& hint, const base::OrderedJson& content) {
  base::OrderedJson bundle{{"mediaType", bundle_media_type},
                           {"verificationMaterial", {{"publicKey", {{"hint", hint}}}}}};
  // model-signing's reader wants the list, cosign's does not mind an empty one.
  bundle["verificationMaterial"]["tlogEntries"] = base::OrderedJson::array();
  bundle.update(content);
  return bundle.dump();
}

}  // namespace sigstore
