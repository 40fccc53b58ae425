// Simple signing: the older form of an image signature, in the tag sha256-HEX.sig. Each layer of that tag's
// manifest is a claim (JSON), its annotation the signature over the claim's bytes.
//
// Source: sigstore/cosign, specs/SIGNATURE_SPEC.md.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/digest.hpp"
#include "oci/manifest.hpp"
#include "sigstore/dsse.hpp"

namespace sigstore {

inline constexpr std::string_view simple_signing_media_type =
    "application/vnd.dev.cosign.simplesigning.v1+json";
inline constexpr std::string_view signature_annotation = "dev.cosignproject.cosign/signature";
inline constexpr std::string_view certificate_annotation = "dev.sigstore.cosign/certificate";
inline constexpr std::string_view log_annotation = "dev.sigstore.cosign/bundle";
inline constexpr std::uint64_t claim_limit = std::uint64_t{128} << 20U;

// "sha256-HEX.sig"
std::string signature_tag(const base::Digest& image);

// The bytes that cosign signs for the image, the same for the same values.
std::string write_claim(const base::Digest& image, std::string_view docker_reference,
                        const std::map<std::string, std::string>& annotations);

// Checks 10, 12, 16, 17, 19 and 20: `claim` is the layer's blob, `layer` its descriptor.
Signature accept_claim(const oci::Descriptor& layer, const std::string& claim, const base::Digest& image,
                       const Policy& policy, Checklist& checks);

}  // namespace sigstore
