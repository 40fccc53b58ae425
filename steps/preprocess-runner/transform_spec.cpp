#include "preprocess-runner/transform_spec.hpp"

#include <cmath>
#include <functional>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "base/yaml.hpp"

namespace preprocess_runner {
namespace {

using base::YamlValue;

std::vector<std::string> names_from(const YamlValue& value) {
  auto names = value.texts();
  if (names.empty()) throw value.error("names no column");
  return names;
}

DropNulls drop_nulls_from(const YamlValue& value) {
  if (value.is_scalar() && value.text() == "all") return {};
  return {names_from(value)};
}

data::ColumnType type_from(const YamlValue& value) {
  try {
    return data::parse_column_type(value.text());
  } catch (const base::Error& error) {
    throw value.error(error.message());
  }
}

std::vector<std::pair<std::string, std::string>> pairs_from(const YamlValue& value) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& [name, text] : value.entries()) pairs.emplace_back(name, text.text());
  return pairs;
}

Cast cast_from(const YamlValue& value) {
  Cast cast;
  for (const auto& [name, type] : value.entries()) cast.columns.push_back({name, type_from(type)});
  return cast;
}

// One of a few words; `meanings` in the order in which they are named when none fits.
template <class Enum>
Enum word_from(const YamlValue& value, const std::vector<std::pair<std::string, Enum>>& meanings) {
  std::vector<std::string> words;
  for (const auto& [word, meaning] : meanings) {
    if (word == value.text()) return meaning;
    words.push_back(word);
  }
  throw value.error("'" + base::printable(value.text(), 100) + "' is none of " + base::join(words, ", ") +
                    base::did_you_mean_hint(value.text(), words));
}

Fill fill_from(const YamlValue& value) {
  Fill fill;
  for (const auto& [name, with] : value.entries()) {
    if (!with.is_map()) {
      fill.columns.push_back({name, FillWith::value, with.text()});
      continue;
    }
    with.reject_unknown_keys({"with"});
    fill.columns.push_back(
        {name,
         word_from<FillWith>(with.at("with"), {{"mean", FillWith::mean},
                                               {"median", FillWith::median},
                                               {"most-frequent", FillWith::most_frequent}}),
         ""});
  }
  return fill;
}

Split split_from(const YamlValue& value) {
  value.reject_unknown_keys({"fractions", "seed", "stratum"});
  Split split;
  double sum = 0;
  for (const auto& [name, fraction] : value.at("fractions").entries()) {
    const double number = fraction.number();
    if (!(number > 0 && number <= 1)) throw fraction.error("a fraction is above 0 and at most 1");
    split.fractions.emplace_back(name, number);
    sum += number;
  }
  if (std::abs(sum - 1) > 1e-9)
    throw value.at("fractions").error("the fractions add up to " + base::to_text(sum) + ", expected 1");
  if (const auto seed = value.find("seed")) split.seed = seed->integer();
  if (const auto stratum = value.find("stratum")) split.stratum = names_from(*stratum);
  return split;
}

Encode encode_from(const YamlValue& value) {
  value.reject_unknown_keys({"one-hot", "ordinal", "unknown"});
  Encode encode;
  if (const auto given = value.find("one-hot")) encode.one_hot = names_from(*given);
  if (const auto given = value.find("ordinal")) {
    if (given->is_map()) {
      for (const auto& [name, order] : given->entries()) encode.ordinal.push_back({name, names_from(order)});
    } else {
      for (const auto& name : names_from(*given)) encode.ordinal.push_back({name, {}});
    }
  }
  if (const auto given = value.find("unknown")) {
    encode.unknown =
        word_from<UnknownValue>(*given, {{"error", UnknownValue::error}, {"ignore", UnknownValue::ignore}});
  }
  if (encode.one_hot.empty() && encode.ordinal.empty()) throw value.error("expected 'one-hot' or 'ordinal'");
  return encode;
}

Scale scale_from(const YamlValue& value) {
  if (!value.is_map()) return {names_from(value), ScaleMethod::standard};
  value.reject_unknown_keys({"columns", "method"});
  Scale scale{names_from(value.at("columns")), ScaleMethod::standard};
  if (const auto given = value.find("method")) {
    scale.method = word_from<ScaleMethod>(
        *given, {{"standard", ScaleMethod::standard}, {"min-max", ScaleMethod::min_max}});
  }
  return scale;
}

// The query becomes a part of another one.
std::string without_semicolon(const std::string& query) {
  auto text = base::trim(query);
  if (text.ends_with(';')) text.remove_suffix(1);
  return std::string(text);
}

using Reader = std::function<Operation(const YamlValue&)>;

const std::vector<std::pair<std::string, Reader>>& readers() {
  static const std::vector<std::pair<std::string, Reader>> table{
      {"drop-nulls", drop_nulls_from},
      {"select", [](const YamlValue& value) { return Select{names_from(value)}; }},
      {"rename", [](const YamlValue& value) { return Rename{pairs_from(value)}; }},
      {"cast", cast_from},
      {"fill", fill_from},
      {"filter", [](const YamlValue& value) { return Filter{value.text()}; }},
      {"derive", [](const YamlValue& value) { return Derive{pairs_from(value)}; }},
      {"sql", [](const YamlValue& value) { return Sql{without_semicolon(value.text())}; }},
      {"split", split_from},
      {"encode", encode_from},
      {"scale", scale_from}};
  return table;
}

TransformStep step_from(const YamlValue& value, std::size_t number) {
  const auto entries = value.entries();
  if (entries.size() != 1) throw value.error("expected one operation, such as 'select: [a, b]'");
  const auto& [name, argument] = entries.front();
  std::vector<std::string> known;
  for (const auto& [word, reader] : readers()) {
    if (word != name) {
      known.push_back(word);
      continue;
    }
    return {value.where() + ": step " + std::to_string(number) + " (" + name + ")", reader(argument)};
  }
  throw value.error("unknown operation '" + base::printable(name, 100) + "'" +
                    base::did_you_mean_hint(name, known) + " (known: " + base::join(known, ", ") + ")");
}

data::ReadSettings read_settings_from(const YamlValue& value) {
  value.reject_unknown_keys({"null_values", "types"});
  data::ReadSettings settings;
  if (const auto given = value.find("null_values")) settings.null_values = given->texts();
  if (const auto given = value.find("types")) {
    for (const auto& [name, type] : given->entries()) settings.types[name] = type_from(type);
  }
  return settings;
}

// The document with maps in their written order: the order of new columns is part of the meaning.
base::OrderedJson in_order(const YamlValue& value) {
  if (value.is_map()) {
    auto object = base::OrderedJson::object();
    for (const auto& [name, member] : value.entries()) object[name] = in_order(member);
    return object;
  }
  if (value.is_list()) {
    auto list = base::OrderedJson::array();
    for (const auto& item : value.items()) list.push_back(in_order(item));
    return list;
  }
  return base::OrderedJson(value.to_json());
}

base::Json key_of(const YamlValue& document) {
  base::Json steps = base::Json::array();
  for (const auto& step : document.at("steps").items()) steps.push_back(in_order(step).dump());
  const auto read = document.find("read");
  return {{"steps", steps}, {"read", read ? read->to_json() : base::Json()}};
}

void check_one_split(const TransformSpec& spec) {
  const TransformStep* first = nullptr;
  for (const auto& step : spec.steps) {
    if (!std::holds_alternative<Split>(step.operation)) continue;
    if (first != nullptr)
      throw base::Error(base::ErrorKind::input,
                        step.where + ": the table is split already; name all parts in one split");
    first = &step;
  }
}

}  // namespace

std::vector<std::string> TransformSpec::parts() const {
  std::vector<std::string> names;
  for (const auto& step : steps) {
    if (const auto* split = std::get_if<Split>(&step.operation)) {
      for (const auto& [name, fraction] : split->fractions) names.push_back(name);
    }
  }
  return names;
}

TransformSpec parse_transform(const std::string& text, const std::string& file) {
  const auto document = base::parse_yaml(text, file);
  document.reject_unknown_keys({"read", "steps"});
  TransformSpec spec;
  if (const auto read = document.find("read")) {
    for (const auto& [name, settings] : read->entries()) spec.read[name] = read_settings_from(settings);
  }
  for (const auto& item : document.at("steps").items())
    spec.steps.push_back(step_from(item, spec.steps.size() + 1));
  check_one_split(spec);
  spec.key = key_of(document);
  return spec;
}

TransformSpec read_transform(const std::filesystem::path& path) {
  return parse_transform(base::read_file(path), path.string());
}

}  // namespace preprocess_runner
