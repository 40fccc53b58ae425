#include "model_registry/mlflow_records.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

namespace model_registry {
namespace {

using base::Error;
using base::ErrorKind;
using base::Json;

constexpr std::string_view where = "the MLflow server's answer";

// Versions are text on the wire.
std::int64_t number_from(const Json& record) {
  const auto text = base::require_string(record, "version", where);
  const auto number = base::parse_integer(text);
  if (!number || *number < 1) {
    throw Error(ErrorKind::input,
                std::string(where) + ": '" + base::printable(text, 100) + "' is not a version number");
  }
  return *number;
}

}  // namespace

ModelVersion version_from(const Json& record) {
  ModelVersion version;
  version.name = base::require_string(record, "name", where);
  version.version = number_from(record);
  version.source = base::optional_string(record, "source", where).value_or("");
  version.run_id = base::optional_string(record, "run_id", where).value_or("");
  const auto created = base::optional_number(record, "creation_timestamp", where).value_or(0);
  version.created = base::Time(std::chrono::milliseconds(static_cast<std::int64_t>(created)));
  if (record.contains("tags")) {
    for (const auto& tag : base::require_array(record, "tags", where)) {
      version.tags[base::require_string(tag, "key", where)] =
          base::optional_string(tag, "value", where).value_or("");
    }
  }
  if (record.contains("aliases")) {
    for (const auto& alias : base::require_array(record, "aliases", where)) {
      if (!alias.is_string()) throw Error(ErrorKind::input, std::string(where) + ": an alias is not text");
      version.aliases.push_back(alias.get<std::string>());
    }
  }
  return version;
}

std::map<std::string, std::int64_t> aliases_from(const Json& record) {
  std::map<std::string, std::int64_t> aliases;
  if (!record.is_object() || !record.contains("aliases")) return aliases;
  for (const auto& each : base::require_array(record, "aliases", where)) {
    aliases[base::require_string(each, "alias", where)] = number_from(each);
  }
  return aliases;
}

Json tags_json(const Tags& tags) {
  Json list = Json::array();
  for (const auto& [key, value] : tags) list.push_back({{"key", key}, {"value", value}});
  return list;
}

}  // namespace model_registry
