#include "preprocess-runner/facts.hpp"

#include "base/files.hpp"
#include "crypto/hash.hpp"
#include "http/url.hpp"

namespace preprocess_runner {
namespace {

namespace fs = std::filesystem;
using base::Json;
using base::OrderedJson;

Json or_null(const std::optional<std::uint64_t>& value) {
  return value ? Json(*value) : Json();
}

std::optional<std::uint64_t> count_from(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<std::uint64_t>();
}

fs::path common_directory(const std::vector<Output>& outputs) {
  auto common = fs::absolute(outputs.front().path).lexically_normal().parent_path();
  for (const auto& output : outputs) {
    const auto path = fs::absolute(output.path).lexically_normal();
    while (common.has_relative_path() && path.lexically_relative(common).string().rfind("..", 0) == 0)
      common = common.parent_path();
  }
  return common;
}

OrderedJson version_of(const std::string& name, const fs::path& path, const data::Content& content) {
  return {{"name", name},
          {"path", path.string()},
          {"digest", content.digest.text()},
          {"md5", data::dvc_md5(path)},
          {"size", content.size}};
}

}  // namespace

Json to_json(const Facts& facts) {
  Json profiles = Json::object();
  for (const auto& [name, profile] : facts.profiles) profiles[name] = Json(data::to_json(profile));
  return {{"rows_in", or_null(facts.rows_in)}, {"rows_out", or_null(facts.rows_out)}, {"profiles", profiles}};
}

Facts facts_from_json(const Json& json, std::string_view where) {
  Facts facts{count_from(json, "rows_in"), count_from(json, "rows_out"), {}, {}};
  for (const auto& [name, profile] : base::require_object(json, "profiles", where).items())
    facts.profiles[name] = data::profile_from_json(profile, where);
  return facts;
}

base::Digest data_digest(const std::map<std::string, data::Content>& contents) {
  if (contents.size() == 1) return contents.begin()->second.digest;
  std::string lines;
  for (const auto& [name, content] : contents)
    lines += std::string(content.digest.hex()) + "  " + name + "\n";
  return crypto::sha256(lines);
}

std::string artifact_outputs(const Plan& plan, const Facts& facts) {
  const auto path = plan.outputs.size() == 1 ? fs::absolute(plan.outputs[0].path).lexically_normal()
                                             : common_directory(plan.outputs);
  return base::canonical_json({{"uri", "file://" + http::percent_encode_path(path.string())},
                               {"digest", data_digest(facts.contents).text()}});
}

void write_data_version(const fs::path& path, const Plan& plan, const Facts& facts,
                        const std::string& cache_key) {
  OrderedJson document{{"schema_version", 1},
                       {"cache_key", cache_key},
                       {"inputs", OrderedJson::array()},
                       {"outputs", OrderedJson::array()}};
  for (const auto& input : plan.inputs)
    document["inputs"].push_back(version_of(input.name, input.path, input.content));
  for (const auto& output : plan.outputs)
    document["outputs"].push_back(version_of(output.name, output.path, facts.contents.at(output.name)));
  base::write_file_if_different(path, document.dump(2) + "\n");
}

}  // namespace preprocess_runner
