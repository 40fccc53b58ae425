// promote-alias: moves an alias as a deliberate, audited, reversible act.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/run_step.hpp"
#include "model_registry/model_registry.hpp"

namespace promote_alias {

enum class Format { table, json };

struct Config {
  std::optional<std::string> registry;
  std::optional<model_registry::ModelName> name;
  std::optional<std::uint32_t> model_version;
  std::optional<model_registry::ModelUri> model_uri;

  std::optional<std::string> to;
  bool rollback = false;
  std::optional<std::uint32_t> to_version;
  bool status = false;
  bool history = false;
  bool verify_ledger = false;
  bool plan = false;
  Format format = Format::table;

  std::optional<std::filesystem::path> policy;
  bool print_policy = false;
  std::optional<std::uint32_t> expect_version;
  std::vector<std::filesystem::path> approval;
  std::vector<std::filesystem::path> key;

  std::optional<std::filesystem::path> ledger;
  std::optional<std::string> reason;
  std::optional<std::string> actor;
};

extern const cli::Step<Config> step;
cli::Answer run(const Config& config, cli::Context& context);

}  // namespace promote_alias

template <>
struct cli::ChoicesOf<promote_alias::Format> {
  static constexpr std::array<std::pair<std::string_view, promote_alias::Format>, 2> values{
      {{"table", promote_alias::Format::table}, {"json", promote_alias::Format::json}}};
};
