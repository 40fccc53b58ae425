#include <algorithm>
#include <vector>

#include "base/encoding.hpp"
#include "base/files.hpp"
#include "base/interrupt.hpp"
#include "crypto/hash.hpp"
#include "sigstore/bundle.hpp"
#include "sigstore/examination.hpp"
#include "sigstore/statement.hpp"
#include "sigstore/verify.hpp"

namespace sigstore {
namespace {

using crypto::HashAlgorithm;

// The raw digest by that algorithm; missing when only the SHA-256 of the blob is known.
std::optional<std::string> digest_by(HashAlgorithm algorithm, const BlobDigests& blob) {
  if (algorithm == HashAlgorithm::sha384) return blob.sha384;
  if (algorithm == HashAlgorithm::sha512) return blob.sha512;
  return base::from_hex(blob.sha256.hex());
}

bool holds(const crypto::PublicKey& key, HashAlgorithm algorithm, const BlobDigests& blob,
           const std::string& signature) {
  const auto digest = digest_by(algorithm, blob);
  return digest && key.verify_digest(algorithm, *digest, signature);
}

std::string reason_of_failure(const Policy& policy, const BlobDigests& blob) {
  std::string reason = "the signature holds under none of the trusted keys (" + names_of(policy.keys) + ")";
  for (const auto& each : policy.keys) {
    if (each.key.type() == crypto::KeyType::ed25519) {
      return reason + "; Ed25519 keys cannot be used for blobs, whose digest only is signed (Ed25519ph)";
    }
    if (!digest_by(each.key.hash_algorithm(), blob)) {
      return reason + "; a key on P-384 or P-521 needs the file itself, not its SHA-256";
    }
  }
  return reason;
}

const TrustedKey& signer_of(const BlobDigests& blob, const std::string& signature, const Policy& policy,
                            Checklist& checks) {
  checks.begin(Check::signature);
  for (const auto& each : policy.keys) {
    if (holds(each.key, each.key.hash_algorithm(), blob, signature)) return each;
    // Some old clients use SHA-256 with every curve.
    if (holds(each.key, HashAlgorithm::sha256, blob, signature)) return each;
  }
  checks.refuse(reason_of_failure(policy, blob));
}

void check_message_digest(const UnverifiedMessageSignature& message, const BlobDigests& blob,
                          Checklist& checks) {
  checks.begin(Check::message_digest);
  if (!message.digest) return;
  const auto digest = digest_by(message.digest->algorithm, blob);
  checks.require(digest.has_value(), "the bundle names a SHA-384 or SHA-512 digest; give the file itself");
  checks.require_equal(base::to_hex(*digest), base::to_hex(message.digest->bytes));
}

Signature accept_message(const UnverifiedMessageSignature& message, const BlobDigests& blob,
                         const Policy& policy, Checklist& checks) {
  check_message_digest(message, blob, checks);
  const auto& signer = signer_of(blob, message.signature, policy, checks);
  check_annotations({}, policy, checks);
  checks.begin(Check::reference);
  checks.require(!policy.reference, "a blob has no name that could be compared");
  return {.place = "",
          .form = "bundle",
          .signer = signer.name,
          .key_fingerprint = signer.key.fingerprint(),
          .predicate_type = std::nullopt,
          .docker_reference = std::nullopt,
          .annotations = {},
          .notes = {}};
}

Signature accept_bundle(const Bundle& bundle, const BlobDigests& blob, const Policy& policy,
                        Checklist& checks) {
  if (const auto* message = std::get_if<UnverifiedMessageSignature>(&bundle.content)) {
    return accept_message(*message, blob, policy, checks);
  }
  const auto& envelope = std::get<UnverifiedEnvelope>(bundle.content);
  const auto statement = VerifiedStatement::parse(verify_envelope(envelope, policy.keys, checks), checks);
  return accept_statement(statement, blob.sha256, policy, checks);
}

std::optional<crypto::Hash> hash_if_needed(HashAlgorithm algorithm, const std::vector<TrustedKey>& keys) {
  const bool needed = std::any_of(keys.begin(), keys.end(), [&](const TrustedKey& each) {
    return each.key.hash_algorithm() == algorithm;
  });
  if (!needed) return std::nullopt;
  return crypto::Hash(algorithm);
}

}  // namespace

BlobDigests hash_blob(const std::filesystem::path& path, const std::vector<TrustedKey>& keys) {
  const auto file = base::open_for_reading(path);
  std::vector<char> buffer(std::size_t{1} << 20U);
  crypto::Sha256 sha256;
  auto sha384 = hash_if_needed(HashAlgorithm::sha384, keys);
  auto sha512 = hash_if_needed(HashAlgorithm::sha512, keys);
  while (const auto count = base::read_some(file, buffer.data(), buffer.size(), path)) {
    base::check_interrupt();
    const std::string_view bytes(buffer.data(), count);
    sha256.update(bytes);
    if (sha384) sha384->update(bytes);
    if (sha512) sha512->update(bytes);
  }
  BlobDigests digests{sha256.finish(), std::nullopt, std::nullopt};
  if (sha384) digests.sha384 = sha384->finish();
  if (sha512) digests.sha512 = sha512->finish();
  return digests;
}

Outcome verify_blob(const BlobDigests& blob, std::string_view bundle, std::string_view place,
                    const Policy& policy) {
  require_keys(policy);
  Examination examination;
  examination.examine(std::string(place), [&](Checklist& checks) {
    const auto parsed = parse_bundle(bundle, checks);
    auto signature = accept_bundle(parsed, blob, policy, checks);
    signature.place = std::string(place);
    signature.notes = parsed.notes;
    return std::optional<Signature>(std::move(signature));
  });
  return std::move(examination).outcome(blob.sha256);
}

}  // namespace sigstore
