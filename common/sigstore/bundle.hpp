// The Sigstore bundle (v0.1 to v0.3): the JSON document that carries a signature and what belongs to it.
//
// What is parsed here is not verified: the Unverified types carry it to dsse.hpp and verify_blob.cpp, and
// nothing else takes them. Only bundles signed with a key are read; the entries of a transparency log in them
// are counted, not consulted.
//
// Source: sigstore/protobuf-specs, sigstore_bundle.proto and its JSON form.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.hpp"
#include "crypto/hash.hpp"
#include "crypto/key.hpp"
#include "sigstore/examination.hpp"

namespace sigstore {

inline constexpr std::string_view bundle_media_type = "application/vnd.dev.sigstore.bundle.v0.3+json";
// What the layer of a bundle in a registry starts with, in every version.
inline constexpr std::string_view bundle_media_type_prefix = "application/vnd.dev.sigstore.bundle";
inline constexpr std::size_t bundle_limit = std::size_t{32} << 20U;

struct UnverifiedEnvelope {
  std::string payload_type;
  std::string payload;
  std::string signature;
};

struct UnverifiedMessageSignature {
  struct MessageDigest {
    crypto::HashAlgorithm algorithm;
    std::string bytes;
  };
  std::optional<MessageDigest> digest;
  std::string signature;
};

struct Bundle {
  std::variant<UnverifiedEnvelope, UnverifiedMessageSignature> content;
  std::vector<std::string> notes;  // what it carries beyond what was looked at
};

// Checks 2 to 10 of `checks`.
Bundle parse_bundle(std::string_view json, Checklist& checks);

// A key's hint as cosign writes it: base64 of the SHA-256 of its DER form.
std::string cosign_hint(const crypto::PublicKey& key);
// As model-signing writes it, and demands it: SHA-256, in hexadecimal, of its PEM form.
std::string model_signing_hint(const crypto::PublicKey& key);

// The v0.3 document around a content {"dsseEnvelope": …} or {"messageSignature": …}.
std::string write_bundle(const std::string& hint, const base::OrderedJson& content);

}  // namespace sigstore
