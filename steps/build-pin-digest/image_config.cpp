#include "image_config.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"

namespace build_pin_digest {
namespace {

using base::Error;
using base::ErrorKind;
using base::Json;

// The object under `key`, made when it is absent or null.
Json& object_at(Json& parent, const char* key) {
  auto& child = parent[key];
  if (child.is_null()) child = Json::object();
  return child;
}

Json& array_at(Json& parent, const char* key) {
  auto& child = parent[key];
  if (child.is_null()) child = Json::array();
  return child;
}

// "NAME=VALUE" in the place of the one with this name, or at the end.
void set_variable(Json& env, const cli::KeyValue& variable) {
  const auto start = variable.key + "=";
  const auto same = [&](const Json& each) { return each.get_ref<const std::string&>().rfind(start, 0) == 0; };
  const auto found = std::find_if(env.begin(), env.end(), same);
  if (found == env.end()) {
    env.push_back(variable.text());
  } else {
    *found = variable.text();
  }
}

[[noreturn]] void malformed(std::string_view where, std::string_view reason) {
  throw Error(ErrorKind::input, std::string(where) + ": the image's configuration " + std::string(reason) +
                                    "; expected one that the OCI image specification describes");
}

void check_strings(const Json& config, const char* key, std::string_view where) {
  const auto found = config.find(key);
  if (found == config.end() || found->is_null()) return;
  const bool strings = found->is_array() && std::all_of(found->begin(), found->end(),
                                                        [](const Json& each) { return each.is_string(); });
  if (!strings) malformed(where, "has a " + std::string(key) + " that is not a list of strings");
}

std::size_t entries_with_layer(const Json& history) {
  return static_cast<std::size_t>(std::count_if(history.begin(), history.end(), [](const Json& entry) {
    const auto empty = entry.find("empty_layer");
    return empty == entry.end() || *empty != Json(true);
  }));
}

}  // namespace

Json empty_config(const oci::Platform& platform) {
  Json config{{"architecture", platform.architecture},
              {"os", platform.os},
              {"rootfs", {{"type", "layers"}, {"diff_ids", Json::array()}}}};
  if (!platform.variant.empty()) config["variant"] = platform.variant;
  return config;
}

void check_config(const Json& config, std::size_t layers, std::string_view where) {
  if (!config.is_object()) malformed(where, "is not an object");
  const auto& rootfs = base::require_object(config, "rootfs", where);
  const auto& diff_ids = base::require_array(rootfs, "diff_ids", where);
  for (const auto& each : diff_ids) {
    if (!each.is_string()) malformed(where, "has a diff_id that is not a string");
    base::Digest::parse(each.get_ref<const std::string&>());
  }
  if (diff_ids.size() != layers) {
    malformed(where,
              "names " + std::to_string(diff_ids.size()) + " layers, the manifest " + std::to_string(layers));
  }
  const auto history = config.find("history");
  if (history != config.end() && !history->is_null()) {
    const bool objects = history->is_array() && std::all_of(history->begin(), history->end(),
                                                            [](const Json& e) { return e.is_object(); });
    if (!objects) malformed(where, "has a history that is not a list of objects");
    if (entries_with_layer(*history) > layers) malformed(where, "has more history than layers");
  }
  const auto run = config.find("config");
  if (run == config.end() || run->is_null()) return;
  if (!run->is_object()) malformed(where, "has a config that is not an object");
  check_strings(*run, "Env", where);
  const auto labels = run->find("Labels");
  if (labels != run->end() && !labels->is_null() && !labels->is_object())
    malformed(where, "has Labels that are not an object");
}

void apply(const ConfigChanges& changes, Json& config) {
  auto& run = object_at(config, "config");
  if (!changes.entrypoint.empty()) {
    run["Entrypoint"] = changes.entrypoint;
    run.erase("Cmd");
  }
  if (!changes.cmd.empty()) run["Cmd"] = changes.cmd;
  if (!changes.env.empty()) {
    for (const auto& each : changes.env) set_variable(array_at(run, "Env"), each);
  }
  for (const auto& each : changes.labels) object_at(run, "Labels")[each.key] = each.value;
  if (changes.user) run["User"] = *changes.user;
  if (changes.workdir) run["WorkingDir"] = *changes.workdir;
}

void append_layers(const std::vector<Layer>& layers, std::string_view created, Json& config) {
  config["created"] = std::string(created);
  auto& diff_ids = config["rootfs"]["diff_ids"];
  auto& history = array_at(config, "history");
  // A base that says nothing of some layers: the count must match all the same.
  for (auto count = entries_with_layer(history); count < diff_ids.size(); ++count)
    history.push_back({{"created_by", "unknown, in the base image"}});
  for (const auto& layer : layers) {
    diff_ids.push_back(layer.diff_id.text());
    history.push_back(
        {{"created", std::string(created)}, {"created_by", "build-pin-digest: " + layer.history}});
  }
}

}  // namespace build_pin_digest
