#include <algorithm>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "kserve-deploy/deployment.hpp"
#include "kserve-deploy/gitops.hpp"

namespace kserve_deploy {
namespace {

using base::Error;
using base::ErrorKind;

base::OrderedJson text_or_null(const std::string& text) {
  return text.empty() ? base::OrderedJson(nullptr) : base::OrderedJson(base::printable(text, 2000));
}

base::OrderedJson to_json(const DeployCommit& commit) {
  const auto& provenance = commit.provenance;
  return {{"commit", commit.id},
          {"time", commit.time},
          {"author", base::printable(commit.author, 300)},
          {"model_uri", text_or_null(provenance.model_uri)},
          {"model_alias", text_or_null(provenance.model_alias)},
          {"model_digest", text_or_null(provenance.model_digest)},
          {"signature_key", text_or_null(provenance.signature_key)},
          {"storage_uri", text_or_null(provenance.storage_uri)},
          {"previous_storage_uri", text_or_null(provenance.previous_storage_uri)},
          {"rollback_of", text_or_null(provenance.rollback_of)}};
}

// What the manifest says must be what the last deployment put there: else somebody has changed it by hand,
// and what "before" means is for a person to say.
DeployCommit last_deployment(const std::vector<DeployCommit>& commits, const ManifestService& service) {
  if (commits.empty()) {
    throw Error(ErrorKind::precondition, "no deploy commit of " + service.text() +
                                             " is in the history; name the model that is wanted by --model");
  }
  const auto& last = commits.front();
  if (last.provenance.storage_uri != service.storage_uri) {
    throw Error(ErrorKind::precondition,
                "the manifest says " + base::printable(service.storage_uri, 300) +
                    ", but the last deployment (" + last.id.substr(0, 12) + ") was of " +
                    base::printable(last.provenance.storage_uri, 300) +
                    ": it was changed by hand; name the model that is wanted by --model");
  }
  return last;
}

// What the commit said that deployed this address before.
Provenance back_to(const std::vector<DeployCommit>& commits, const DeployCommit& last) {
  const auto& storage_uri = last.provenance.previous_storage_uri;
  const auto earlier = std::find_if(commits.begin(), commits.end(), [&](const DeployCommit& each) {
    return each.provenance.storage_uri == storage_uri;
  });
  Provenance provenance;
  if (earlier != commits.end()) provenance = earlier->provenance;
  provenance.service = last.provenance.service;
  provenance.storage_uri = storage_uri;
  provenance.previous_storage_uri = last.provenance.storage_uri;
  provenance.rollback_of = last.id;
  return provenance;
}

}  // namespace

cli::Answer show_status(const Config& config, cli::Context& context) {
  GitCheckout checkout(git_target(config), Access::read);
  checkout.deepen();
  const auto service = deployed_service(config, checkout);
  const auto commits = deploy_commits(checkout.git(), checkout.file(), service.text());
  const bool by_deployment =
      !commits.empty() && commits.front().provenance.storage_uri == service.storage_uri;
  base::OrderedJson status{
      {"service", base::printable(service.text(), 200)},
      {"file", checkout.file()},
      {"branch", text_or_null(checkout.branch())},
      {"head", checkout.head()},
      {"storage_uri", text_or_null(service.storage_uri)},
      {"as_deployed", by_deployment},
      {"last_deployment", commits.empty() ? base::OrderedJson(nullptr) : to_json(commits.front())}};
  context.print(status.dump(2) + "\n");
  context.results.set("storage-uri", base::printable(service.storage_uri, 2000));
  context.results.set("changed", "false");
  if (!by_deployment) return cli::Answer::yes();
  context.results.set("commit", commits.front().id);
  context.results.set("previous-storage-uri",
                      base::printable(commits.front().provenance.previous_storage_uri, 2000));
  context.results.set("rolled-back", commits.front().provenance.rollback_of.empty() ? "false" : "true");
  return cli::Answer::yes();
}

cli::Answer roll_back(const Config& config, cli::Context& context) {
  GitCheckout checkout(git_target(config), context.dry_run() ? Access::read : Access::change);
  if (!context.dry_run()) checkout.update();
  checkout.deepen();
  const auto service = deployed_service(config, checkout);
  const auto commits = deploy_commits(checkout.git(), checkout.file(), service.text());
  const auto last = last_deployment(commits, service);
  const auto before = checkout.unchanged_text();
  if (!last.provenance.rollback_of.empty()) {
    // Once is enough: a second rollback would bring the model back that was taken away.
    base::log_info("rolled back already; to go further back, name the model by --model");
    apply(checkout, before, {before.value_or(""), last.provenance}, config, context);
    return cli::Answer::yes();
  }
  if (last.provenance.previous_storage_uri.empty()) {
    throw Error(ErrorKind::precondition, "the last deployment (" + last.id.substr(0, 12) +
                                             ") was the first one; there is nothing to go back to");
  }
  Change change;
  change.provenance = back_to(commits, last);
  const auto storage_uri = base::in_context("commit " + last.id.substr(0, 12),
                                            [&] { return StorageUri::parse(change.provenance.storage_uri); });
  change.text = with_storage_uri(before.value_or(""), checkout.file(), selector_of(config), storage_uri);
  apply(checkout, before, change, config, context);
  return cli::Answer::yes();
}

}  // namespace kserve_deploy
