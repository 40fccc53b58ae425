#include "sigstore/simple_signing.hpp"

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "oci/reference.hpp"
#include "sigstore/statement.hpp"

namespace sigstore {
namespace {

using base::Json;

constexpr std::string_view where = "claim";
constexpr std::string_view claim_type = "cosign container image signature";

std::string detached_signature(const oci::Descriptor& layer, Checklist& checks) {
  checks.begin(Check::encoding);
  const auto found = layer.annotations.find(std::string(signature_annotation));
  checks.require(found != layer.annotations.end(),
                 "the layer has no annotation " + std::string(signature_annotation));
  return base::from_base64(found->second);
}

// The texts of "optional"; other values cannot be demanded and are left out.
std::map<std::string, std::string> annotations_of(const Json& claim, Checklist& checks) {
  std::map<std::string, std::string> annotations;
  const auto found = claim.find("optional");
  if (found == claim.end() || found->is_null()) return annotations;
  checks.require(found->is_object(), "'optional' is neither an object nor null");
  for (const auto& [key, value] : found->items()) {
    if (value.is_string()) annotations[key] = value.get<std::string>();
  }
  return annotations;
}

void check_reference(const std::string& claimed, const base::Digest& image, const Policy& policy,
                     Checklist& checks) {
  checks.begin(Check::reference);
  if (!policy.reference) return;
  const auto expected = oci::Reference::parse(*policy.reference);
  const auto found = oci::Reference::parse(claimed);
  checks.require_equal(expected.name(), found.name());
  if (found.tag && expected.tag) checks.require_equal(*expected.tag, *found.tag);
  if (found.digest) checks.require_equal(image.text(), found.digest->text());
}

std::vector<std::string> notes_of(const oci::Descriptor& layer) {
  if (layer.annotations.count(std::string(log_annotation)) == 0) return {};
  return {"it carries a transparency log entry; the log was not consulted"};
}

}  // namespace

std::string signature_tag(const base::Digest& image) {
  return std::string(image.algorithm()) + "-" + std::string(image.hex()) + ".sig";
}

std::string write_claim(const base::Digest& image, std::string_view docker_reference,
                        const std::map<std::string, std::string>& annotations) {
  Json claim{{"critical",
              {{"identity", {{"docker-reference", docker_reference}}},
               {"image", {{"docker-manifest-digest", image.text()}}},
               {"type", claim_type}}}};
  claim["optional"] = annotations.empty() ? Json(nullptr) : Json(annotations);
  return base::canonical_json(claim);
}

Signature accept_claim(const oci::Descriptor& layer, const std::string& claim, const base::Digest& image,
                       const Policy& policy, Checklist& checks) {
  const auto payload = verify_signed_bytes(claim, detached_signature(layer, checks), policy.keys, checks);

  checks.begin(Check::claim);
  const auto json = base::parse_json(payload.bytes(), where);
  const auto& critical = base::require_object(json, "critical", where);
  checks.require_equal(claim_type, base::require_string(critical, "type", where));
  const auto annotations = annotations_of(json, checks);
  const auto reference =
      base::optional_string(base::require_object(critical, "identity", where), "docker-reference", where)
          .value_or("");

  checks.begin(Check::payload_digest);
  const auto& named = base::require_object(critical, "image", where);
  checks.require_equal(image.text(), base::require_string(named, "docker-manifest-digest", where));

  check_annotations(annotations, policy, checks);
  check_reference(reference, image, policy, checks);
  return {.place = "",
          .form = "simple-signing",
          .signer = payload.signer().name,
          .key_fingerprint = payload.signer().key.fingerprint(),
          .predicate_type = std::nullopt,
          .docker_reference = reference,
          .annotations = annotations,
          .notes = notes_of(layer)};
}

}  // namespace sigstore
