#include "promote-alias/session.hpp"

#include "base/error.hpp"
#include "model_registry/local_registry.hpp"

namespace promote_alias {
namespace {

using base::Error;
using base::ErrorKind;

std::string model_of(const Config& config) {
  if (!config.name && !config.model_uri)
    throw Error(ErrorKind::usage, "which model? give --name or --model-uri");
  if (config.name && config.model_uri && config.name->value != config.model_uri->name) {
    throw Error(ErrorKind::usage, "--name and --model-uri name two models");
  }
  return config.name ? config.name->value : config.model_uri->name;
}

// An alias in --model-uri is looked up once, here.
std::optional<std::int64_t> version_of(const Config& config, model_registry::ModelRegistry& registry) {
  if (config.model_version && config.model_uri) {
    throw Error(ErrorKind::usage, "--model-version and --model-uri both name a version; give one of them");
  }
  if (config.model_version) return *config.model_version;
  if (!config.model_uri) return std::nullopt;
  const auto found = model_registry::resolve(registry, *config.model_uri);
  if (found) return found->version;
  throw Error(ErrorKind::precondition,
              "the registry " + registry.uri() + " has no " + config.model_uri->text());
}

std::optional<std::filesystem::path> ledger_directory(const Config& config,
                                                      const model_registry::ModelRegistry& registry) {
  if (config.ledger) return config.ledger;
  const auto* local = dynamic_cast<const model_registry::LocalRegistry*>(&registry);
  return local == nullptr ? std::nullopt : std::optional(local->root() / "promotions");
}

}  // namespace

Session open_session(const Config& config) {
  if (!config.registry) throw Error(ErrorKind::usage, "which registry? give --registry");
  Session session;
  session.policy = read_policy(config.policy);
  session.model = model_of(config);
  session.registry = model_registry::open_registry(*config.registry);
  session.version = version_of(config, *session.registry);
  if (const auto directory = ledger_directory(config, *session.registry)) {
    session.ledger.emplace(*directory, session.model);
  }
  return session;
}

Ledger& require_ledger(Session& session) {
  if (session.ledger) return *session.ledger;
  throw Error(
      ErrorKind::usage,
      "an MLflow server keeps no record of who moved an alias: give --ledger DIR, a directory that is kept");
}

model_registry::ModelVersion require_version(Session& session) {
  if (!session.version) throw Error(ErrorKind::usage, "which version? give --model-version or --model-uri");
  auto version = session.registry->version(session.model, *session.version);
  if (version) return std::move(*version);
  throw Error(ErrorKind::precondition, "the registry " + session.registry->uri() + " has no version " +
                                           std::to_string(*session.version) + " of model '" + session.model +
                                           "'");
}

}  // namespace promote_alias
