#include "targets.hpp"

#include "base/error.hpp"
#include "base/files.hpp"
#include "step.hpp"

namespace verify_signature {
namespace {

using base::Error;
using base::ErrorKind;
namespace fs = std::filesystem;

void demand(bool holds, const char* message) {
  if (!holds) throw Error(ErrorKind::usage, message);
}

oci::OpenOptions open_options(const Config& config) {
  oci::OpenOptions options{.plain_http = config.plain_http};
  if (config.ca_file) options.ca_file = config.ca_file->string();
  return options;
}

std::string pinned(const oci::Location& location, const base::Digest& digest) {
  const auto name = location.reference ? location.reference->name() : "oci:" + *location.layout_directory;
  return name + "@" + digest.text();
}

// Reads the manifest even when its digest is given: a signature of an image that is not there proves nothing
// that could be deployed.
Report verify_image(const Config& config, const oci::Location& location, sigstore::Policy policy) {
  const auto repository = oci::open_repository(location, open_options(config));
  const auto manifest = repository->manifest(location.identifier());
  if (!manifest) {
    throw Error(ErrorKind::precondition,
                location.text() + ": there is no such image in " + repository->name());
  }
  if (config.check_reference) policy.reference = location.reference->text();
  return {.kind = "image",
          .name = location.text(),
          .digest = manifest->digest,
          .reference = pinned(location, manifest->digest),
          .outcome = sigstore::verify_image(*repository, manifest->digest, policy)};
}

// A bundle beyond the limit is read just far enough to be refused by its own check.
std::string read_bundle(const fs::path& path) {
  return base::read_file(path, std::uintmax_t{64} << 20U);
}

sigstore::BlobDigests digests_of(const Blob& blob, const sigstore::Policy& policy) {
  if (const auto* digest = std::get_if<base::Digest>(&blob.source))
    return {*digest, std::nullopt, std::nullopt};
  return sigstore::hash_blob(std::get<fs::path>(blob.source), policy.keys);
}

Report verify_blob(const Config& config, const sigstore::Policy& policy) {
  const auto bundle = read_bundle(*config.bundle);
  const auto digests = digests_of(*config.blob, policy);
  return {.kind = "blob",
          .name = config.blob->text(),
          .digest = digests.sha256,
          .reference = std::nullopt,
          .outcome = sigstore::verify_blob(digests, bundle, config.bundle->string(), policy)};
}

// The path of `file` relative to `directory`, if it lies there.
std::optional<std::string> path_inside(const fs::path& directory, const fs::path& file) {
  const auto relative = fs::weakly_canonical(file).lexically_relative(fs::weakly_canonical(directory));
  if (relative.empty() || *relative.begin() == ".." || relative == ".") return std::nullopt;
  return relative.generic_string();
}

Report verify_model(const Config& config, const sigstore::Policy& policy) {
  const auto bundle = read_bundle(*config.bundle);
  sigstore::ModelDirectory model{*config.model, config.ignore_path};
  if (const auto inside = path_inside(*config.model, *config.bundle)) model.ignored.push_back(*inside);
  auto outcome = sigstore::verify_model(model, bundle, config.bundle->string(), policy);
  const auto* verified = std::get_if<sigstore::Verified>(&outcome);
  return {.kind = "model",
          .name = config.model->string(),
          .digest = verified ? std::optional(verified->digest()) : std::nullopt,
          .reference = std::nullopt,
          .outcome = std::move(outcome)};
}

}  // namespace

Blob Blob::parse(std::string_view text) {
  std::error_code ignored;
  if (text.substr(0, 7) == "sha256:" && !fs::exists(fs::path(text), ignored)) {
    return {base::Digest::parse(text)};
  }
  return {fs::path(text)};
}

std::string Blob::text() const {
  if (const auto* digest = std::get_if<base::Digest>(&source)) return digest->text();
  return std::get<fs::path>(source).string();
}

const std::vector<sigstore::Refusal>& Report::refusals() const {
  if (const auto* good = std::get_if<sigstore::Verified>(&outcome)) return good->refusals();
  return std::get<sigstore::NotVerified>(outcome).refusals;
}

std::vector<sigstore::Signature> Report::signatures() const {
  if (const auto* good = std::get_if<sigstore::Verified>(&outcome)) return good->signatures();
  return {};
}

void check_options(const Config& config) {
  const int kinds = (config.image.empty() ? 0 : 1) + (config.blob ? 1 : 0) + (config.model ? 1 : 0);
  demand(kinds == 1, "give what is to be verified: one of --image (any number of them), --blob or --model");
  demand(!config.key.empty(), "no trusted key: give the signer's public key with --key");
  demand(config.bundle.has_value() == (config.blob || config.model),
         "--bundle is the signature's file of --blob and --model; these need it, and --image has none");
  demand(config.ignore_path.empty() || config.model, "--ignore-path is for --model");
  demand(!config.check_reference || !config.image.empty(), "--check-reference is for --image");
  for (const auto& location : config.image) {
    demand(!config.check_reference || location.reference,
           "--check-reference needs images in a registry: one in a layout has no name to compare");
  }
}

sigstore::Policy policy_from(const Config& config) {
  sigstore::Policy policy;
  for (const auto& path : config.key) policy.keys.push_back({path.string(), crypto::PublicKey::load(path)});
  for (const auto& each : config.annotation) policy.annotations[each.key] = each.value;
  if (config.any_predicate) policy.predicates = sigstore::Predicates::any;
  return policy;
}

std::vector<Report> verify_targets(const Config& config, const sigstore::Policy& policy) {
  if (config.blob) return {verify_blob(config, policy)};
  if (config.model) return {verify_model(config, policy)};
  std::vector<Report> reports;
  for (const auto& location : config.image) {
    reports.push_back(base::in_context("verifying " + location.text(),
                                       [&] { return verify_image(config, location, policy); }));
  }
  return reports;
}

}  // namespace verify_signature
