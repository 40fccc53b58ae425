#include "base/yaml.hpp"

#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <sstream>

#include "base/files.hpp"
#include "base/text.hpp"

namespace base {
namespace {

std::string position(const std::string& file, const YAML::Mark& mark) {
  if (mark.is_null()) return file;
  return file + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
}

// Walks the events before anything is built, so that a hostile document costs no memory.
class StructureCheck : public YAML::EventHandler {
 public:
  explicit StructureCheck(const std::string& file) : file_(file) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) fail(mark, "a second document; expected one");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { value(mark, ""); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    fail(mark, "aliases (*name) are not accepted here");
  }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                const std::string& text) override {
    value(mark, text);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    open(mark, false);
  }
  void OnSequenceEnd() override { levels_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    open(mark, true);
  }
  void OnMapEnd() override { levels_.pop_back(); }

 private:
  struct Level {
    bool map;
    bool expects_key;
    std::set<std::string> keys;
  };

  [[noreturn]] void fail(const YAML::Mark& mark, const std::string& message) const {
    throw Error(ErrorKind::input, position(file_, mark) + ": " + message);
  }

  void value(const YAML::Mark& mark, const std::string& text) {
    if (levels_.empty() || !levels_.back().map) return;
    Level& level = levels_.back();
    if (level.expects_key && !level.keys.insert(text).second)
      fail(mark, "duplicate key '" + printable(text, 100) + "'");
    level.expects_key = !level.expects_key;
  }

  void open(const YAML::Mark& mark, bool map) {
    if (!levels_.empty() && levels_.back().map) {
      if (levels_.back().expects_key) fail(mark, "a map or list as a key; expected text");
      levels_.back().expects_key = true;
    }
    if (levels_.size() >= 64) fail(mark, "nested deeper than 64 levels");
    levels_.push_back({map, true, {}});
  }

  const std::string& file_;
  std::vector<Level> levels_;
  int documents_ = 0;
};

// The YAML 1.2 core schema (section 10.3.2), for plain scalars.
Json plain_scalar(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return nullptr;
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  if (const auto integer = parse_integer(text.front() == '+' ? std::string_view(text).substr(1) : text))
    return *integer;
  const bool numeric = text.find_first_not_of("0123456789+-.eE") == std::string::npos;
  if (const auto number = parse_double(text); numeric && number) return *number;
  return text;
}

void emit_text(YAML::Emitter& out, const std::string& text) {
  const bool several_lines = text.find('\n') != std::string::npos && text.back() == '\n' &&
                             text.find_first_of("\r\t") == std::string::npos && text.front() != ' ';
  if (several_lines) {
    // The emitter ends the block with a line feed of its own.
    out << YAML::Literal << text.substr(0, text.size() - 1);
  } else if (!plain_scalar(text).is_string() || text.find_first_of("\n{}[]*&#") != std::string::npos ||
             text == "yes" || text == "no" || text == "on" || text == "off" || text == "y" || text == "n") {
    // The last ones are booleans to YAML 1.1 readers, of which there still are many.
    out << YAML::DoubleQuoted << text;
  } else {
    out << text;
  }
}

void emit(YAML::Emitter& out, const OrderedJson& value) {
  if (value.is_object() && !value.empty()) {
    out << YAML::BeginMap;
    for (const auto& [key, each] : value.items()) {
      out << YAML::Key;
      emit_text(out, key);
      out << YAML::Value;
      emit(out, each);
    }
    out << YAML::EndMap;
  } else if (value.is_array() && !value.empty()) {
    out << YAML::BeginSeq;
    for (const auto& each : value) emit(out, each);
    out << YAML::EndSeq;
  } else if (value.is_string()) {
    emit_text(out, value.get<std::string>());
  } else if (value.is_object()) {
    out << YAML::Flow << YAML::BeginMap << YAML::EndMap;
  } else if (value.is_array()) {
    out << YAML::Flow << YAML::BeginSeq << YAML::EndSeq;
  } else if (value.is_null()) {
    out << YAML::Null;
  } else {
    out << value.dump();  // booleans and numbers are written as in JSON
  }
}

}  // namespace

std::optional<YamlValue> YamlValue::find(std::string_view key) const {
  if (!node_.IsMap()) throw error("expected a map");
  const auto value = node_[std::string(key)];
  if (!value.IsDefined() || value.IsNull()) return std::nullopt;
  return YamlValue(value, file_);
}

YamlValue YamlValue::at(std::string_view key) const {
  auto value = find(key);
  if (!value) throw error("'" + std::string(key) + "' is missing");
  return *value;
}

std::vector<YamlValue> YamlValue::items() const {
  if (!node_.IsSequence()) throw error("expected a list");
  std::vector<YamlValue> values;
  for (const auto& item : node_) values.emplace_back(item, file_);
  return values;
}

std::vector<std::pair<std::string, YamlValue>> YamlValue::entries() const {
  if (!node_.IsMap()) throw error("expected a map");
  std::vector<std::pair<std::string, YamlValue>> values;
  for (const auto& item : node_) values.emplace_back(item.first.Scalar(), YamlValue(item.second, file_));
  return values;
}

std::string YamlValue::text() const {
  if (!node_.IsScalar()) throw error("expected text");
  return node_.Scalar();
}

double YamlValue::number() const {
  const auto value = text();
  if (value == ".nan" || value == ".NaN" || value == ".NAN") return std::nan("");
  if (value == ".inf" || value == ".Inf" || value == ".INF") return std::numeric_limits<double>::infinity();
  const auto number = parse_double(value);
  if (!number) throw error("'" + printable(value, 100) + "' is not a number");
  return *number;
}

long long YamlValue::integer() const {
  const auto value = text();
  const auto number = parse_integer(value);
  if (!number) throw error("'" + printable(value, 100) + "' is not a whole number");
  return *number;
}

bool YamlValue::boolean() const {
  const auto value = plain_scalar(text());
  if (!value.is_boolean()) throw error("'" + printable(text(), 100) + "' is not true or false");
  return value.get<bool>();
}

std::vector<std::string> YamlValue::texts() const {
  if (is_scalar()) return {text()};
  std::vector<std::string> values;
  for (const auto& item : items()) values.push_back(item.text());
  return values;
}

void YamlValue::reject_unknown_keys(const std::vector<std::string>& known) const {
  for (const auto& [key, value] : entries()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    throw value.error("unknown key '" + printable(key, 100) + "'" + did_you_mean_hint(key, known) +
                      " (known: " + join(known, ", ") + ")");
  }
}

Json YamlValue::to_json() const {
  if (is_null()) return nullptr;
  if (is_list()) {
    Json list = Json::array();
    for (const auto& item : items()) list.push_back(item.to_json());
    return list;
  }
  if (is_map()) {
    Json object = Json::object();
    for (const auto& [key, value] : entries()) object[key] = value.to_json();
    return object;
  }
  // yaml-cpp tags every quoted or block scalar "!", every plain one "?".
  return node_.Tag() == "!" ? Json(node_.Scalar()) : plain_scalar(node_.Scalar());
}

std::string YamlValue::where() const {
  return position(file_, node_.Mark());
}

YamlValue parse_yaml(const std::string& text, std::string_view file) {
  const std::string name(file);
  if (!is_valid_utf8(text)) throw Error(ErrorKind::input, name + ": not valid UTF-8");
  try {
    std::istringstream checked(text);
    YAML::Parser parser(checked);
    StructureCheck check(name);
    while (parser.HandleNextDocument(check)) {
    }
    return YamlValue(YAML::Load(text), name);
  } catch (const YAML::Exception& error) {
    throw Error(ErrorKind::input, position(name, error.mark) + ": " + printable(error.msg, 300));
  }
}

std::string to_yaml(const OrderedJson& value) {
  YAML::Emitter out;
  out.SetIndent(2);
  emit(out, value);
  return std::string(out.c_str()) + "\n";
}

YamlValue read_yaml(const std::filesystem::path& path) {
  return parse_yaml(read_file(path), path.string());
}

}  // namespace base
