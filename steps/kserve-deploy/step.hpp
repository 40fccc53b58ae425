// kserve-deploy: brings a model to serving, as a manifest or as a commit in the repository that a cluster
// follows.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/run_step.hpp"
#include "cli/step.hpp"
#include "kserve-deploy/inference_service.hpp"
#include "kserve-deploy/names.hpp"

namespace kserve_deploy {

enum class Mode { render, gitops };

struct Config {
  cli::Required<Mode> mode;

  std::optional<ModelName> model;
  std::optional<std::string> registry;
  std::optional<std::string> require_alias;
  bool require_signature = false;
  std::vector<std::filesystem::path> key;
  std::vector<std::string> plain_http;
  std::optional<std::string> ca_file;

  std::optional<std::filesystem::path> manifest;
  std::optional<std::filesystem::path> output;
  std::optional<DnsLabel> name;
  std::optional<DnsLabel> service_namespace;
  std::optional<std::string> model_format;
  std::optional<std::string> runtime;
  std::optional<Protocol> protocol;
  std::optional<std::string> service_account;
  std::optional<std::uint32_t> min_replicas;
  std::optional<std::uint32_t> max_replicas;
  std::optional<Quantity> cpu;
  std::optional<Quantity> memory;
  std::optional<Quantity> gpus;

  std::optional<std::filesystem::path> git_dir;
  std::optional<GitUrl> git_url;
  std::optional<std::string> git_branch;
  std::optional<RepositoryPath> path;
  std::optional<Author> author;
  bool push = false;
  bool status = false;
  bool rollback = false;
};

extern const cli::Step<Config> step;
cli::Answer run(const Config& config, cli::Context& context);

// Error{usage} for a combination that makes no sense.
void check_options(const Config& config);
ServiceSettings settings_of(const Config& config);
ServiceSelector selector_of(const Config& config);

}  // namespace kserve_deploy

template <>
struct cli::ChoicesOf<kserve_deploy::Mode> {
  using enum kserve_deploy::Mode;
  static constexpr std::array<std::pair<std::string_view, kserve_deploy::Mode>, 2> values{
      {{"render", render}, {"gitops", gitops}}};
};

template <>
struct cli::ChoicesOf<kserve_deploy::Protocol> {
  using enum kserve_deploy::Protocol;
  static constexpr std::array<std::pair<std::string_view, kserve_deploy::Protocol>, 4> values{
      {{"v1", v1}, {"v2", v2}, {"grpc-v1", grpc_v1}, {"grpc-v2", grpc_v2}}};
};
