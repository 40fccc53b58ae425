#include "kserve-deploy/gitops.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace kserve_deploy {
namespace {

using base::Error;
using base::ErrorKind;

// The commit that carries the state: the last one that deployed it, else the last one that touched the file.
DeployCommit carrying_commit(const GitCheckout& checkout, const Provenance& provenance) {
  const auto commits = deploy_commits(checkout.git(), checkout.file(), provenance.service);
  if (!commits.empty() && commits.front().provenance.storage_uri == provenance.storage_uri)
    return commits.front();
  DeployCommit last;
  last.id = checkout.git().line({"log", "-1", "--format=%H", "--", literal(checkout.file())});
  return last;
}

void set_results(const DeployCommit& commit, const Provenance& provenance, bool changed,
                 cli::Context& context) {
  context.results.set("storage-uri", provenance.storage_uri);
  context.results.set("previous-storage-uri", commit.provenance.previous_storage_uri);
  context.results.set("commit", commit.id);
  context.results.set("changed", changed ? "true" : "false");
  context.results.set("rolled-back", provenance.rollback_of.empty() ? "false" : "true");
}

void say_plan(const GitCheckout& checkout, const Provenance& provenance, cli::Context& context) {
  base::log_info("would commit to " + checkout.file() + ": storageUri " + provenance.storage_uri +
                 (provenance.previous_storage_uri.empty()
                      ? ""
                      : " in place of " + base::printable(provenance.previous_storage_uri, 300)));
  context.results.set("storage-uri", provenance.storage_uri);
  context.results.set("previous-storage-uri", provenance.previous_storage_uri);
  context.results.set("changed", "true");
}

// A merge by Git joins lines, not meanings: what counts is what the manifest says in the end.
void check_result(const Config& config, const GitCheckout& checkout, const Provenance& provenance) {
  const auto said = deployed_service(config, checkout).storage_uri;
  if (said == provenance.storage_uri) return;
  throw Error(ErrorKind::precondition,
              checkout.file() + " says " + base::printable(said, 300) +
                  " after the commit was put on top of others; look at it and run again");
}

}  // namespace

GitTarget git_target(const Config& config) {
  GitTarget target;
  target.directory = config.git_dir;
  target.url = config.git_url;
  target.branch = config.git_branch;
  target.author = config.author;
  target.file = config.path->value;
  target.push = config.push || config.git_url.has_value();
  return target;
}

ManifestService deployed_service(const Config& config, const GitCheckout& checkout) {
  const auto text = checkout.committed();
  if (!text) {
    throw Error(ErrorKind::precondition,
                checkout.file() + " is not in the last commit; nothing was deployed by it yet");
  }
  return read_service(*text, checkout.file(), selector_of(config));
}

void apply(GitCheckout& checkout, const std::optional<std::string>& before, const Change& change,
           const Config& config, cli::Context& context) {
  const bool changed = before != change.text;
  if (context.dry_run() && changed) {
    say_plan(checkout, change.provenance, context);
    return;
  }
  if (changed) checkout.commit(change.text, commit_message(change.provenance));
  if (!context.dry_run()) {
    checkout.publish();
    check_result(config, checkout, change.provenance);
  }
  if (!changed) checkout.deepen();
  const auto commit = carrying_commit(checkout, change.provenance);
  set_results(commit, change.provenance, changed, context);
  base::log_info(
      changed ? checkout.file() + " is committed" : checkout.file() + " says so already; nothing is changed",
      {{"storage-uri", change.provenance.storage_uri}, {"commit", commit.id}});
}

}  // namespace kserve_deploy
