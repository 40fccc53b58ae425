#include "register-model/lineage.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/files.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "crypto/file_hash.hpp"
#include "crypto/hash.hpp"
#include "model_registry/lineage.hpp"
#include "register-model/documents.hpp"
#include "register-model/proof.hpp"

namespace register_model {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using model_registry::NewVersion;

// The model's files; a signature that lies among them is not one of them.
base::FileTree files_of(const Config& config) {
  const fs::path& root = *config.model;
  if (!fs::is_directory(root)) {
    throw Error(
        ErrorKind::precondition,
        "--model " + root.string() + " is not a directory; expected the directory that training wrote");
  }
  crypto::TreeRules rules;
  if (config.model_signature) {
    const auto inside = fs::weakly_canonical(*config.model_signature).lexically_relative(fs::canonical(root));
    if (!inside.empty() && *inside.begin() != "..") rules.ignore.push_back(inside.generic_string());
  }
  auto files = crypto::hash_tree(root, rules);
  if (files.empty()) throw Error(ErrorKind::input, "--model " + root.string() + " has no files");
  return files;
}

// Name, content and run: the same three are the same version.
std::string key_of(const std::string& name, const base::Digest& model, const std::string& run_id) {
  const base::Json identity = {{"model", model.text()}, {"name", name}, {"run", run_id}};
  return crypto::sha256(base::canonical_json(identity)).text();
}

// OpenSSF Model Signing's digest of whole files: SHA-256 over their digests in the order of their paths.
std::string openssf_root(const base::FileTree& files) {
  crypto::Sha256 root;
  for (const auto& file : files) root.update(base::from_hex(file.digest.hex()));
  return root.finish().text();
}

void set_names(const Config& config, const base::Digest& digest, NewVersion& version) {
  version.name = config.name->value;
  version.run_id = config.run_id.value_or("");
  version.description = config.description.value_or("");
  version.storage_uri = config.storage_uri ? config.storage_uri->uri : "";
  version.model_directory = *config.model;
  version.key = key_of(version.name, digest, version.run_id);
  auto& tags = version.tags;
  tags[std::string(model_registry::model_digest_tag)] = digest.text();
  tags[std::string(model_registry::openssf_root_tag)] = openssf_root(version.model);
  tags[std::string(model_registry::state_tag)] = "registered";
  if (!version.run_id.empty()) tags["run.id"] = version.run_id;
  if (config.image_ref) {
    tags["image"] = config.image_ref->reference;
    tags["image.digest"] = config.image_ref->digest.text();
  }
}

void add_attachments(const Config& config, NewVersion& version) {
  for (const auto& each : config.attach) {
    const bool simple = each.key.find('/') == std::string::npos && each.key.front() != '.' &&
                        each.key.size() <= 200 && base::printable(each.key) == each.key;
    const bool taken = std::any_of(version.attachments.begin(), version.attachments.end(),
                                   [&](const auto& other) { return other.name == each.key; });
    if (!simple || taken) {
      throw Error(ErrorKind::usage, "--attach '" + base::printable(each.key, 200) + "=...': " +
                                        (taken ? "there is an attachment of that name already"
                                               : "expected a file name without '/'"));
    }
    if (!fs::is_regular_file(each.value)) {
      throw Error(ErrorKind::precondition, "--attach " + each.key + ": there is no file " + each.value);
    }
    version.attachments.push_back({each.key, each.value});
  }
}

// The user's own tags come last and may not say otherwise than what was computed.
void add_tags(const Config& config, NewVersion& version) {
  for (const auto& each : config.tag) {
    const auto there = version.tags.find(each.key);
    const bool reserved = each.key.compare(0, 8, "mlsteps.") == 0;
    if (reserved || (there != version.tags.end() && there->second != each.value)) {
      throw Error(ErrorKind::usage,
                  "--tag " + each.key + "=...: this tag is set by the step itself" +
                      (reserved ? "" : ", to '" + base::printable(there->second, 200) + "'"));
    }
    if (each.key.size() > 250 || each.value.size() > 5000) {
      throw Error(ErrorKind::usage, "--tag: a key has at most 250 bytes and a value at most 5000");
    }
    version.tags[each.key] = each.value;
  }
}

}  // namespace

Lineage gather(const Config& config) {
  Lineage lineage;
  auto& version = lineage.version;
  version.model = files_of(config);
  const auto digest = crypto::tree_digest(version.model);
  set_names(config, digest, version);
  add_training_record(config, digest, lineage);
  add_data_version(config, lineage);
  add_gate_report(config, digest, lineage);
  add_signature(config, digest, lineage);
  add_attachments(config, version);
  add_tags(config, version);
  return lineage;
}

}  // namespace register_model
