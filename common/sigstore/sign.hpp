// Signing with a key, so that cosign 2 and 3 and the verifiers in clusters accept it.
//
// Nothing is entered in a transparency log: cosign needs --insecure-ignore-tlog for these signatures.
//
// Errors: those of oci::Repository.   Threads: any.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "base/file_tree.hpp"
#include "crypto/key.hpp"
#include "oci/manifest.hpp"
#include "oci/repository.hpp"

namespace sigstore {

struct ImageToSign {
  oci::Descriptor image;                           // of the manifest or index; it must be in the repository
  std::string reference;                           // written as docker-reference: "registry.example/team/app"
  std::map<std::string, std::string> annotations;  // signed along; cosign verify -a compares them
};

enum class Written { added, already_there };

struct SignedImage {
  Written signature_tag;  // the tag sha256-HEX.sig
  Written bundle;         // the v0.3 bundle as a referrer
};

// Signs the image in both forms. A form in which `key` has already signed the same claim is left alone.
SignedImage sign_image(oci::Repository& repository, const ImageToSign& image, const crypto::PrivateKey& key);

// The v0.3 bundle (JSON) over a file with this SHA-256, as cosign sign-blob writes it.
std::string sign_blob(const base::Digest& sha256, const crypto::PrivateKey& key);

struct ModelToSign {
  base::FileTree files;              // not empty; without the signature file itself
  std::string name;                  // of the model; for people
  std::vector<std::string> ignored;  // relative paths that were left out; they are signed along
};
// Hashes the model directory (or the one file) `root` without `ignored`, nor Git's own files at its top
// level, which the reference implementation always leaves out.
ModelToSign model_to_sign(const std::filesystem::path& root, const std::vector<std::string>& ignored);
// The bundle (JSON) of OpenSSF Model Signing 1.0 over the files.
std::string sign_model(const ModelToSign& model, const crypto::PrivateKey& key);

}  // namespace sigstore
