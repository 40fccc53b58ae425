#include <algorithm>
#include <cstdlib>
#include <string>
#include <variant>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/log.hpp"
#include "build_request.hpp"
#include "crypto/file_hash.hpp"
#include "crypto/key.hpp"
#include "sigstore/sign.hpp"
#include "sigstore/verify.hpp"
#include "stages.hpp"

namespace build_pin_digest {
namespace {

using base::Error;
using base::ErrorKind;
namespace fs = std::filesystem;

// cosign's variable, so that one secret serves both.
std::optional<std::string> password() {
  const char* value = std::getenv("COSIGN_PASSWORD");
  if (value == nullptr) return std::nullopt;
  base::add_secret(value);
  return value;
}

// What the signature calls the image. The directory of a layout is this machine's business, but for its name.
std::string signed_name(const oci::Location& location) {
  if (location.reference) return location.reference->name();
  return fs::path(*location.layout_directory).lexically_normal().filename().string();
}

std::string word(sigstore::Written written) {
  return written == sigstore::Written::added ? "added" : "already there";
}

void sign_image(const Config& config, const Image& image, const crypto::PrivateKey& key) {
  const auto repository = oci::open_repository(image.location, open_options(config, Access::write));
  const auto written = base::in_context("signing " + image.location.text(), [&] {
    const auto manifest = repository->manifest(image.digest.text());
    if (!manifest) throw Error(ErrorKind::precondition, image.digest.text() + " is not there; push it first");
    return sigstore::sign_image(*repository, {manifest->descriptor(), signed_name(image.location), {}}, key);
  });
  base::log_info("signed the image", {{"digest", image.digest.text()},
                                      {"signature-tag", word(written.signature_tag)},
                                      {"bundle", word(written.bundle)}});
}

// What is not signed: the signature itself when it lies in the model, and the files of Git, which every
// verifier of model signatures passes over.
std::vector<std::string> paths_not_signed(const fs::path& model, const fs::path& bundle) {
  std::vector<std::string> ignored;
  for (const char* name : {".git", ".gitattributes", ".github", ".gitignore"}) {
    if (fs::exists(model / name)) ignored.emplace_back(name);
  }
  const auto inside =
      fs::absolute(bundle).lexically_normal().lexically_relative(fs::absolute(model / "").lexically_normal());
  if (!inside.empty() && *inside.begin() != "..") ignored.push_back(inside.generic_string());
  std::sort(ignored.begin(), ignored.end());
  return ignored;
}

// Two signatures of the same files differ, so a good one stays as it is.
bool holds_already(const fs::path& model, const fs::path& bundle, const crypto::PrivateKey& key) {
  const auto content = base::read_file_if_exists(bundle);
  if (!content) return false;
  const sigstore::Policy policy{.keys = {{"the signing key", key.public_key()}}};
  const auto outcome = sigstore::verify_model({model, {}}, *content, bundle.string(), policy);
  return std::holds_alternative<sigstore::Verified>(outcome);
}

void sign_model(const fs::path& model, const fs::path& bundle, const crypto::PrivateKey& key) {
  if (holds_already(model, bundle, key)) {
    base::log_info("the model's signature is there already", {{"bundle", bundle.string()}});
    return;
  }
  const auto ignored = paths_not_signed(model, bundle);
  const auto files = crypto::hash_tree(model, {crypto::Symlinks::refuse, ignored});
  if (files.empty()) throw Error(ErrorKind::input, model.string() + " holds no files that could be signed");
  const auto name = fs::absolute(model).lexically_normal();
  const auto last = name.has_filename() ? name.filename() : name.parent_path().filename();
  base::write_file(bundle, sigstore::sign_model({files, last.string(), ignored}, key));
  base::log_info("signed the model", {{"model", model.string()}, {"bundle", bundle.string()}});
}

}  // namespace

void generate_keys(const Config& config, const cli::Context& context) {
  if (!config.generate_key_pair) return;
  const auto prefix = config.generate_key_pair->string();
  const auto secret = password();
  if (!secret) {
    throw Error(
        ErrorKind::precondition,
        "COSIGN_PASSWORD is not set; the private key is encrypted with it (set it empty for a test key)");
  }
  if (context.dry_run()) {
    base::log_info("dry run: would make " + prefix + ".key and " + prefix + ".pub");
    return;
  }
  const auto key = crypto::generate_key_pair(prefix, *secret);
  base::log_info("made a key pair", {{"public", prefix + ".pub"}, {"fingerprint", key.fingerprint().text()}});
}

void sign(const Config& config, const std::optional<Image>& image, const cli::Context& context) {
  if (!config.sign_key) return;
  if (context.dry_run()) {
    if (image) base::log_info("dry run: would sign " + image->digest.text());
    if (config.sign_model) base::log_info("dry run: would sign the model " + config.sign_model->string());
    return;
  }
  const auto key = crypto::PrivateKey::load(*config.sign_key, password().value_or(""));
  if (image) sign_image(config, *image, key);
  if (config.sign_model) sign_model(*config.sign_model, *config.model_bundle, key);
}

}  // namespace build_pin_digest
