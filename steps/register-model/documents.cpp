#include "register-model/documents.hpp"

#include <cmath>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"
#include "model_registry/lineage.hpp"

namespace register_model {
namespace {

using base::Error;
using base::ErrorKind;
using base::Json;
using model_registry::Tags;

constexpr std::size_t most_tags = 500;

// A tag that nobody can read is worse than none.
void set(Tags& tags, const std::string& key, const std::string& value) {
  if (value.empty() || key.size() > 250 || tags.size() >= most_tags) return;
  tags[key] = base::printable(value, 4000);
}

Json read(const std::filesystem::path& path, std::string& text) {
  text = base::read_file(path);
  auto document = base::parse_json(text, path.string());
  const auto schema = base::require_integer(document, "schema_version", path.string());
  if (schema != 1) {
    throw Error(ErrorKind::input,
                path.string() + ": schema " + std::to_string(schema) + "; expected schema 1");
  }
  return document;
}

// The member as an object or a list; null when it is absent or null.
const Json& member(const Json& document, const char* key) {
  static const Json none;
  const auto found = document.find(key);
  return found == document.end() ? none : *found;
}

void set_data(const Json& list, const std::string& where, Tags& tags) {
  if (!list.is_array()) return;
  for (const auto& each : list) {
    const auto name = base::require_string(each, "name", where);
    set(tags, "data.digest." + name, base::optional_string(each, "digest", where).value_or(""));
  }
}

void set_git(const Json& git, const std::string& where, Tags& tags) {
  if (!git.is_object()) return;
  set(tags, "git.commit", base::optional_string(git, "commit", where).value_or(""));
  const auto& dirty = member(git, "dirty");
  if (dirty.is_boolean()) set(tags, "git.dirty", dirty.get<bool>() ? "true" : "false");
}

void set_metrics(const Json& metrics, Tags& tags) {
  if (!metrics.is_object()) return;
  for (const auto& [name, value] : metrics.items()) {
    if (!value.is_number() || !std::isfinite(value.get<double>())) continue;
    set(tags, std::string(model_registry::metric_tag_prefix) + name, base::to_text(value.get<double>()));
  }
}

// A record that names a model names this one.
void check_model(const Json& record, const base::Digest& model, const std::string& where, Lineage& lineage) {
  const auto& described = member(record, "model");
  if (!described.is_object()) return;
  const auto digest = base::optional_string(described, "digest", where);
  if (!digest || *digest == model.text()) return;
  lineage.refusals.push_back(where + ": the training record is about another model: it names " +
                             base::printable(*digest, 100) + ", this one is " + model.text());
}

}  // namespace

void add_training_record(const Config& config, const base::Digest& model, Lineage& lineage) {
  if (!config.training_record) return;
  const auto where = config.training_record->string();
  std::string text;
  const auto record = read(*config.training_record, text);
  check_model(record, model, where, lineage);
  auto& tags = lineage.version.tags;
  set(tags, "training-record.digest", crypto::sha256(text).text());
  set(tags, "environment.digest", base::optional_string(record, "environment_digest", where).value_or(""));
  set(tags, "training.image", base::optional_string(record, "image", where).value_or(""));
  const auto& seed = member(record, "seed");
  if (seed.is_number_integer()) set(tags, "training.seed", std::to_string(seed.get<std::int64_t>()));
  set_git(member(record, "git"), where, tags);
  set_data(member(record, "data"), where, tags);
  set_metrics(member(record, "metrics"), tags);
  lineage.version.attachments.push_back(
      {std::string(model_registry::training_record_attachment), *config.training_record});
}

void add_data_version(const Config& config, Lineage& lineage) {
  if (!config.data_version) return;
  const auto where = config.data_version->string();
  std::string text;
  const auto document = read(*config.data_version, text);
  auto& tags = lineage.version.tags;
  set(tags, "data-version.digest", crypto::sha256(text).text());
  set(tags, "data.cache-key", base::optional_string(document, "cache_key", where).value_or(""));
  set_data(member(document, "inputs"), where, tags);
  set_data(member(document, "outputs"), where, tags);
  lineage.version.attachments.push_back(
      {std::string(model_registry::data_version_attachment), *config.data_version});
}

}  // namespace register_model
