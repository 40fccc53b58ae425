// Strict YAML for the files that people write: gates, transforms, schemas, policies.
//
// Refused: duplicate keys, nesting deeper than 64, aliases (a few bytes of them can stand for gigabytes),
// more than one document. Every error names file, line and column. For editing YAML in place see
// yaml_edit.hpp.
//
// Errors: Error{input}.   Threads: a value belongs to one thread (yaml-cpp nodes share state).
#pragma once

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"

namespace base {

// A value in a parsed document that knows where it stands.
class YamlValue {
 public:
  YamlValue(const YAML::Node& node, std::string file) : node_(node), file_(std::move(file)) {}

  bool is_map() const { return node_.IsMap(); }
  bool is_list() const { return node_.IsSequence(); }
  bool is_scalar() const { return node_.IsScalar(); }
  bool is_null() const { return !node_.IsDefined() || node_.IsNull(); }

  // The value under `key`; missing when absent or null. Error when this is not a map.
  std::optional<YamlValue> find(std::string_view key) const;
  // As find, but absence is an Error.
  YamlValue at(std::string_view key) const;
  std::vector<YamlValue> items() const;
  std::vector<std::pair<std::string, YamlValue>> entries() const;

  std::string text() const;
  double number() const;  // also .nan, .inf
  long long integer() const;
  bool boolean() const;
  std::vector<std::string> texts() const;  // a list of scalars, or one scalar as a list of one

  // A key outside `known` is an Error with a hint.
  void reject_unknown_keys(const std::vector<std::string>& known) const;

  // Plain scalars by the YAML 1.2 core schema, quoted ones as strings.
  Json to_json() const;
  // "FILE:LINE:COLUMN", from 1.
  std::string where() const;
  Error error(std::string_view message) const {
    return Error(ErrorKind::input, where() + ": " + std::string(message));
  }

 private:
  YAML::Node node_;
  std::string file_;
};

// `file` names the text in messages.
YamlValue parse_yaml(const std::string& text, std::string_view file);
YamlValue read_yaml(const std::filesystem::path& path);

// `value` as a YAML document in block style, keys in their order, ending with a line feed. Text that would
// read back as something else (a number, true, null) is quoted; text of several lines is a literal block.
std::string to_yaml(const OrderedJson& value);

}  // namespace base
