#include "sigstore/model_signing.hpp"

#include <algorithm>
#include <set>

#include "base/encoding.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"

namespace sigstore {
namespace {

using base::Json;

constexpr std::string_view where = "predicate";
constexpr std::string_view statement_type = "https://in-toto.io/Statement/v1";
constexpr std::size_t most_resources = 1'000'000;

std::uint64_t parse_offset(const std::string& text, Checklist& checks) {
  const auto number = base::parse_integer(text);
  checks.require(number.has_value() && *number >= 0,
                 "a shard's name ends in '" + base::printable(text, 40) + "', expected PATH:BEGIN:END");
  return static_cast<std::uint64_t>(*number);
}

// "PATH:BEGIN:END"; the path may hold colons itself.
ModelResource parse_shard(const std::string& name, const base::Digest& digest, Checklist& checks) {
  const auto last = name.rfind(':');
  const auto before = last == std::string::npos || last == 0 ? std::string::npos : name.rfind(':', last - 1);
  checks.require(before != std::string::npos,
                 "the shard '" + base::printable(name, 200) + "' is not named PATH:BEGIN:END");
  const ModelResource::Range range{parse_offset(name.substr(before + 1, last - before - 1), checks),
                                   parse_offset(name.substr(last + 1), checks)};
  checks.require(range.begin < range.end, "the shard '" + base::printable(name, 200) + "' is empty");
  return {name.substr(0, before), range, digest};
}

// A path that stays inside the model's directory; "." is the reference's name of a model of one file.
void require_safe(const std::string& path) {
  if (path != ".") base::safe_join("model", path);
}

ModelResource parse_resource(const Json& json, bool sharded, Checklist& checks) {
  checks.begin(Check::model_method);
  const auto algorithm = base::require_string(json, "algorithm", where);
  // The reference appends the shard size to the name in some versions.
  if (!sharded || algorithm.rfind("sha256-sharded-", 0) != 0) checks.require_equal("sha256", algorithm);
  checks.begin(Check::model_manifest);
  const auto name = base::require_string(json, "name", where);
  const auto digest = base::Digest::sha256(base::require_string(json, "digest", where));
  auto resource = sharded ? parse_shard(name, digest, checks) : ModelResource{name, std::nullopt, digest};
  require_safe(resource.path);
  return resource;
}

void parse_serialization(const Json& json, SignedModel& model, Checklist& checks) {
  checks.begin(Check::model_method);
  base::reject_unknown_keys(json, {"method", "hash_type", "shard_size", "allow_symlinks", "ignore_paths"},
                            where);
  const auto method = base::require_string(json, "method", where);
  model.sharded = method == "shards";
  if (!model.sharded) checks.require_equal("files", method);
  checks.require_equal("sha256", base::require_string(json, "hash_type", where));
  const auto links = json.find("allow_symlinks");
  if (links != json.end()) {
    checks.require(links->is_boolean(), "'allow_symlinks' is neither true nor false");
    model.follow_symlinks = links->get<bool>();
  }
  if (json.contains("ignore_paths")) {
    for (const auto& each : base::require_array(json, "ignore_paths", where)) {
      checks.require(each.is_string(), "'ignore_paths' has a member that is no text");
      model.ignored.push_back(each.get<std::string>());
      require_safe(model.ignored.back());
    }
  }
}

void check_each_once(const SignedModel& model, Checklist& checks) {
  checks.begin(Check::model_manifest);
  std::set<std::pair<std::string, std::uint64_t>> seen;
  for (const auto& each : model.resources) {
    checks.require(seen.emplace(each.path, each.shard ? each.shard->begin : 0).second,
                   "the resource '" + base::printable(each.path, 200) + "' is listed twice");
  }
}

// Over the raw digests in the order in which they are listed, which need not be sorted.
std::string root_digest(const std::vector<ModelResource>& resources) {
  crypto::Hash hash;
  for (const auto& each : resources) hash.update(base::from_hex(each.digest.hex()));
  return base::to_hex(hash.finish());
}

}  // namespace

SignedModel parse_model(const VerifiedStatement& statement, Checklist& checks) {
  checks.begin(Check::predicate_type);
  checks.require_equal(model_predicate_type, statement.predicate_type());
  checks.begin(Check::subject);
  checks.require(statement.subjects().size() == 1,
                 "expected one subject, found " + std::to_string(statement.subjects().size()));
  SignedModel model;
  checks.begin(Check::model_manifest);
  parse_serialization(base::require_object(statement.predicate(), "serialization", where), model, checks);
  checks.begin(Check::model_manifest);
  const auto& resources = base::require_array(statement.predicate(), "resources", where);
  checks.require(!resources.empty() && resources.size() <= most_resources,
                 "expected 1 to 1000000 resources, found " + std::to_string(resources.size()));
  for (const auto& each : resources) model.resources.push_back(parse_resource(each, model.sharded, checks));
  check_each_once(model, checks);
  checks.begin(Check::model_root);
  const auto& digests = statement.subjects().front().digests;
  const auto root = digests.find("sha256");
  checks.require(root != digests.end(), "the subject has no sha256 digest");
  checks.require_equal(root->second, root_digest(model.resources));
  return model;
}

std::string model_statement(const base::FileTree& files, const std::string& name,
                            const std::vector<std::string>& ignored) {
  std::vector<ModelResource> resources;
  auto listed = base::OrderedJson::array();
  for (const auto& file : files) {
    resources.push_back({file.path, std::nullopt, file.digest});
    listed.push_back({{"name", file.path}, {"algorithm", "sha256"}, {"digest", file.digest.hex()}});
  }
  base::OrderedJson serialization{{"method", "files"}, {"hash_type", "sha256"}, {"allow_symlinks", false}};
  serialization["ignore_paths"] = ignored;
  base::OrderedJson subject{{"name", name}, {"digest", {{"sha256", root_digest(resources)}}}};
  const base::OrderedJson statement{{"_type", statement_type},
                                    {"subject", base::OrderedJson::array({subject})},
                                    {"predicateType", model_predicate_type},
                                    {"predicate", {{"serialization", serialization}, {"resources", listed}}}};
  return statement.dump();
}

}  // namespace sigstore
