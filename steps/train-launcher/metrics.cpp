#include "train-launcher/metrics.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "base/yaml.hpp"

namespace train_launcher {
namespace {

constexpr std::size_t most_metrics = 1000;
constexpr std::size_t longest_name = 250;       // as MLflow allows
constexpr std::size_t longest_json = 64 << 10;  // a longer line is no metrics line
constexpr std::size_t largest_file = 16 << 20;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '/' || c == '-' || c == '@';
}

bool is_name(std::string_view text) {
  const bool starts_well = !text.empty() && text[0] != '.' && text[0] != '/' && text[0] != '-' &&
                           !(text[0] >= '0' && text[0] <= '9');
  return starts_well && text.size() <= longest_name &&
         std::all_of(text.begin(), text.end(), is_name_character);
}

bool is_space(char c) {
  return c == ' ' || c == '\t';
}

// The name that ends right before `end`, spaces aside.
std::string_view name_before(std::string_view line, std::size_t end) {
  while (end > 0 && is_space(line[end - 1])) --end;
  auto begin = end;
  while (begin > 0 && is_name_character(line[begin - 1])) --begin;
  // "?a=1" or "x['a']=1" are code or addresses, not metrics.
  const bool bounded =
      begin == 0 || std::string_view(" \t,;([{|").find(line[begin - 1]) != std::string_view::npos;
  return bounded ? line.substr(begin, end - begin) : std::string_view();
}

// The number that starts right after `begin`, spaces aside.
std::optional<double> number_after(std::string_view line, std::size_t begin) {
  while (begin < line.size() && is_space(line[begin])) ++begin;
  const auto end = std::min(line.find_first_of(" \t,;)]}|%", begin), line.size());
  if (begin >= end || end - begin > 40) return std::nullopt;
  auto text = line.substr(begin, end - begin);
  if (text.front() == '+') text.remove_prefix(1);
  return base::parse_double(text);
}

void find_assignments(std::string_view line, Metrics& metrics) {
  for (auto at = line.find('='); at != std::string_view::npos; at = line.find('=', at + 1)) {
    const auto name = name_before(line, at);
    if (!is_name(name)) continue;
    if (const auto value = number_after(line, at + 1)) metrics.set(name, *value);
  }
}

// A log line that looks like JSON but is none is simply not a metric, so the parser that throws is not used.
void find_json(std::string_view line, Metrics& metrics) {
  if (line.size() > longest_json) return;
  const auto object = base::Json::parse(line, nullptr, false);
  if (!object.is_object()) return;
  for (const auto& [name, value] : object.items()) {
    if (value.is_number() && is_name(name)) metrics.set(name, value.get<double>());
  }
}

// The name of a member of the object called `object`; the document itself has no name.
std::string member_name(const std::string& object, const std::string& key) {
  return object.empty() ? key : object + "." + key;
}

void add_numbers(const base::Json& value, const std::string& name, Metrics& metrics) {
  if (value.is_object()) {
    for (const auto& [key, each] : value.items()) add_numbers(each, member_name(name, key), metrics);
  } else if (value.is_number() && name.size() <= longest_name) {
    metrics.set(name, value.get<double>());
  } else {
    base::log_debug("not a metric: " + base::printable(name, 200));
  }
}

}  // namespace

void Metrics::set(std::string_view name, double value) {
  auto place = values_.find(name);
  if (place == values_.end()) {
    if (values_.size() >= most_metrics) {
      if (!warned_) base::log_warning("more than 1000 metrics; the others are left out");
      warned_ = true;
      return;
    }
    place = values_.emplace(name, value).first;
  }
  place->second = value;
  if (on_value) on_value(place->first, value);
}

base::Json Metrics::to_json() const {
  auto object = base::Json::object();
  for (const auto& [name, value] : values_)
    object[name] = std::isfinite(value) ? base::Json(value) : base::Json();
  return object;
}

void find_metrics(std::string_view line, Metrics& metrics) {
  const auto text = base::trim(line);
  if (text.size() > 2 && text.front() == '{' && text.back() == '}') {
    find_json(text, metrics);
  } else {
    find_assignments(line, metrics);
  }
}

MetricPattern::MetricPattern(const Pattern& pattern) : pattern_(pattern) {
  if (pattern.groups() == 2) return;
  const auto equal = pattern.text().find('=');
  const auto name = pattern.text().substr(0, std::min(equal, pattern.text().size()));
  if (pattern.groups() != 1 || equal == std::string::npos || !is_name(name)) {
    throw base::Error(
        base::ErrorKind::usage,
        "option '--metric-regex': '" + base::printable(pattern.text(), 200) +
            "' needs two groups (name and value), or the form NAME=REGEX with one group (value)");
  }
  name_ = name;
  pattern_ = Pattern::parse(pattern.text().substr(equal + 1));
}

void MetricPattern::find(std::string_view line, Metrics& metrics) const {
  for (const auto& groups : pattern_.find_all(line)) {
    const auto value = base::parse_double(groups.back());
    const auto& name = name_.empty() ? groups.front() : name_;
    if (value && is_name(name)) metrics.set(name, *value);
  }
}

void read_metrics_file(const std::filesystem::path& path, Metrics& metrics) {
  const auto extension = path.extension();
  const bool yaml = extension == ".yaml" || extension == ".yml";
  const auto text = base::read_file(path, largest_file);
  const auto document =
      yaml ? base::parse_yaml(text, path.string()).to_json() : base::parse_json(text, path.string());
  if (!document.is_object()) {
    throw base::Error(base::ErrorKind::input, path.string() + ": expected an object of names and numbers");
  }
  add_numbers(document, "", metrics);
}

}  // namespace train_launcher
