#include "train-launcher/environment.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/error.hpp"
#include "base/process.hpp"
#include "base/text.hpp"

namespace train_launcher {
namespace {

using Environment = std::map<std::string, std::string>;

// One thread, because the order of a parallel sum is not fixed; the frameworks' own switches beside it.
void make_deterministic(Environment& environment, std::uint32_t seed) {
  environment["SEED"] = std::to_string(seed);
  environment["PYTHONHASHSEED"] = std::to_string(seed);
  environment["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8";
  environment["TF_DETERMINISTIC_OPS"] = "1";
  environment["TF_CUDNN_DETERMINISTIC"] = "1";
  environment["MKL_CBWR"] = "COMPATIBLE";
  for (const auto* library : {"OMP", "MKL", "OPENBLAS", "NUMEXPR"}) {
    environment[std::string(library) + "_NUM_THREADS"] = "1";
  }
  constexpr std::string_view xla = "--xla_gpu_deterministic_ops=true";
  auto& flags = environment["XLA_FLAGS"];
  if (flags.find(xla) == std::string::npos) flags += (flags.empty() ? "" : " ") + std::string(xla);
}

void add_named(Environment& environment, std::string_view prefix, const std::vector<cli::KeyValue>& pairs) {
  std::map<std::string, std::string> owners;
  for (const auto& pair : pairs) {
    const auto variable = variable_name(prefix, pair.key);
    const auto [owner, first] = owners.emplace(variable, pair.key);
    if (!first) {
      throw base::Error(base::ErrorKind::usage, "'" + base::printable(owner->second, 100) + "' and '" +
                                                    base::printable(pair.key, 100) +
                                                    "' would both be the variable " + variable);
    }
    environment[variable] = pair.value;
  }
}

// Variables that libraries read and that change results or where they are computed.
constexpr std::array<std::string_view, 17> outcome_variables{"CUDA_VISIBLE_DEVICES",
                                                             "NVIDIA_VISIBLE_DEVICES",
                                                             "PYTHONHASHSEED",
                                                             "PYTHONPATH",
                                                             "LD_LIBRARY_PATH",
                                                             "LD_PRELOAD",
                                                             "PATH",
                                                             "TZ",
                                                             "LANG",
                                                             "LC_ALL",
                                                             "XLA_FLAGS",
                                                             "MKL_CBWR",
                                                             "SEED",
                                                             "NCCL_ALGO",
                                                             "NCCL_PROTO",
                                                             "VIRTUAL_ENV",
                                                             "CUBLAS_WORKSPACE_CONFIG"};
constexpr std::array<std::string_view, 4> outcome_prefixes{"PARAM_", "TF_DETERMINISTIC", "TF_CUDNN",
                                                           "TORCH_"};

bool has_prefix(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

bool changes_outcome(std::string_view name) {
  constexpr std::string_view threads = "_NUM_THREADS";
  if (name.size() > threads.size() && name.substr(name.size() - threads.size()) == threads) return true;
  if (std::find(outcome_variables.begin(), outcome_variables.end(), name) != outcome_variables.end())
    return true;
  return std::any_of(outcome_prefixes.begin(), outcome_prefixes.end(),
                     [&](auto prefix) { return has_prefix(name, prefix); });
}

bool speaks_of_secret(std::string_view name) {
  const auto lower = base::to_lower(name);
  constexpr std::array<std::string_view, 5> words{"secret", "token", "password", "passwd", "credential"};
  const bool key = lower.size() > 4 && lower.substr(lower.size() - 4) == "_key";
  return key || std::any_of(words.begin(), words.end(),
                            [&](auto word) { return lower.find(word) != std::string::npos; });
}

}  // namespace

std::string path_for_command(const Config& config, const std::filesystem::path& path) {
  return config.working_dir.empty() ? path.string() : std::filesystem::absolute(path).string();
}

std::string variable_name(std::string_view prefix, std::string_view name) {
  std::string variable(prefix);
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    variable += std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
  }
  return variable;
}

Environment child_environment(const Config& config) {
  auto environment = base::current_environment();
  if (config.seed) make_deterministic(environment, *config.seed);
  if (!config.model_dir.empty()) environment["MODEL_DIR"] = path_for_command(config, config.model_dir);
  if (!config.metrics_file.empty())
    environment["METRICS_FILE"] = path_for_command(config, config.metrics_file);
  add_named(environment, "PARAM_", config.param);
  auto data = config.data;
  for (auto& pair : data) pair.value = path_for_command(config, pair.value);
  add_named(environment, "DATA_", data);
  for (const auto& [name, value] : config.env) environment[name] = value;
  return environment;
}

base::Json recorded_environment(const Config& config, const Environment& environment) {
  auto recorded = base::Json::object();
  for (const auto& [name, value] : environment) {
    const bool asked_for = std::any_of(config.env.begin(), config.env.end(),
                                       [name = name](const auto& pair) { return pair.key == name; });
    if (!asked_for && !changes_outcome(name)) continue;
    recorded[base::printable(name, 200)] = speaks_of_secret(name) ? "***" : base::printable(value, 4000);
  }
  return recorded;
}

}  // namespace train_launcher
