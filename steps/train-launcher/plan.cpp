#include "train-launcher/plan.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "crypto/file_hash.hpp"
#include "train-launcher/environment.hpp"
#include "train-launcher/git_state.hpp"

namespace train_launcher {
namespace {

using Placeholders = std::map<std::string, std::string>;

Placeholders placeholders_of(const Config& config) {
  Placeholders known;
  for (const auto& [name, value] : config.param) known["param." + name] = value;
  for (const auto& [name, path] : config.data) known["data." + name] = path_for_command(config, path);
  if (!config.model_dir.empty()) known["model-dir"] = path_for_command(config, config.model_dir);
  if (!config.metrics_file.empty()) known["metrics-file"] = path_for_command(config, config.metrics_file);
  if (config.seed) known["seed"] = std::to_string(*config.seed);
  return known;
}

// Whether a text in braces is meant for us; JSON and shell braces are not.
bool is_placeholder(std::string_view text) {
  return text == "model-dir" || text == "metrics-file" || text == "seed" || text.substr(0, 6) == "param." ||
         text.substr(0, 5) == "data.";
}

[[noreturn]] void refuse_placeholder(const std::string& name, const Placeholders& known) {
  std::vector<std::string> names;
  for (const auto& [each, value] : known) names.push_back(each);
  const auto hint = base::did_you_mean_hint(name, names);
  throw base::Error(base::ErrorKind::usage, "the command names {" + base::printable(name, 100) +
                                                "}, but that option is not given" + hint);
}

std::string replace_placeholders(std::string_view word, const Placeholders& known) {
  std::string result;
  while (!word.empty()) {
    const auto open = std::min(word.find('{'), word.size());
    result += word.substr(0, open);
    word.remove_prefix(open);
    if (word.empty()) break;
    const auto close = word.find('}');
    const std::string name(close == std::string_view::npos ? "" : word.substr(1, close - 1));
    if (!is_placeholder(name)) {
      result += '{';
      word.remove_prefix(1);
      continue;
    }
    const auto value = known.find(name);
    if (value == known.end()) refuse_placeholder(name, known);
    result += value->second;
    word.remove_prefix(close + 1);
  }
  return result;
}

base::Digest digest_of(const std::filesystem::path& path) {
  if (std::filesystem::is_directory(path)) {
    return crypto::tree_digest(crypto::hash_tree(path, {.symlinks = crypto::Symlinks::follow}));
  }
  return crypto::hash_file(path).digest;
}

std::vector<DataInput> digest_data(const Config& config) {
  std::vector<DataInput> inputs;
  for (const auto& pair : config.data) {
    const auto digest = base::in_context("--data " + pair.key, [&] { return digest_of(pair.value); });
    inputs.push_back({pair.key, pair.value, digest});
    base::log_info("data " + base::printable(pair.key, 100) + " is " + digest.text());
  }
  return inputs;
}

void refuse_repeated(const std::vector<cli::KeyValue>& pairs, const std::string& option) {
  std::map<std::string, int> seen;
  for (const auto& pair : pairs) {
    if (seen[pair.key]++ == 0) continue;
    throw base::Error(base::ErrorKind::usage,
                      "option '--" + option + "': '" + base::printable(pair.key, 100) + "' is given twice");
  }
}

// The record is JSON, which has no other bytes.
void refuse_other_than_utf8(const Config& config) {
  auto texts = config.command;
  for (const auto* pairs : {&config.param, &config.data}) {
    for (const auto& pair : *pairs) texts.insert(texts.end(), {pair.key, pair.value});
  }
  texts.insert(texts.end(), {config.model_dir.string(), config.working_dir.string()});
  for (const auto& text : texts) {
    if (base::is_valid_utf8(text)) continue;
    throw base::Error(base::ErrorKind::usage, "'" + base::printable(text, 200) + "' is not UTF-8");
  }
}

}  // namespace

Plan make_plan(const Config& config) {
  refuse_other_than_utf8(config);
  if (config.command.empty()) {
    throw base::Error(base::ErrorKind::usage,
                      "no command was given; put it after '--', as in: train-launcher -- python train.py");
  }
  refuse_repeated(config.param, "param");
  refuse_repeated(config.data, "data");
  refuse_repeated(config.env, "env");
  Plan plan;
  const auto known = placeholders_of(config);
  for (const auto& word : config.command) plan.command.argv.push_back(replace_placeholders(word, known));
  plan.command.working_directory = config.working_dir;
  plan.command.environment = child_environment(config);
  plan.environment = recorded_environment(config, *plan.command.environment);
  // Before the start, because training may write into the same repository. Asked only if it is recorded.
  if (!config.record.empty()) plan.git = git_state(config.working_dir);
  plan.data = digest_data(config);
  return plan;
}

}  // namespace train_launcher
