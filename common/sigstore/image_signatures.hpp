// The signatures of an image as they lie in a repository, in both forms, not yet verified.
//
// Errors: those of oci::Repository.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/digest.hpp"
#include "oci/repository.hpp"
#include "sigstore/examination.hpp"

namespace sigstore {

// The bundle that the referrer `manifest` holds; missing when it holds something else (an SBOM, say).
std::optional<std::string> read_bundle(oci::Repository& repository, const oci::Descriptor& manifest,
                                       Checklist& checks);

// Every bundle among the referrers, examined by `verify`.
void examine_bundles(oci::Repository& repository, const base::Digest& image, Examination& examination,
                     const std::function<Signature(const std::string& bundle, Checklist&)>& verify);

// Every layer of the tag sha256-HEX.sig, examined by `verify`.
void examine_claims(oci::Repository& repository, const base::Digest& image, Examination& examination,
                    const std::function<Signature(const oci::Descriptor& layer, const std::string& claim,
                                                  Checklist&)>& verify);

}  // namespace sigstore
