#include "kserve-deploy/provenance.hpp"

#include "base/files.hpp"
#include "support/catch.hpp"

using namespace kserve_deploy;

namespace {

Provenance deployment(const std::string& storage_uri, const std::string& previous) {
  Provenance provenance;
  provenance.service = "ml/iris";
  provenance.model_uri = "models:/iris/3";
  provenance.storage_uri = storage_uri;
  provenance.previous_storage_uri = previous;
  return provenance;
}

}  // namespace

TEST_CASE("the message says what is deployed, in a subject and in trailers") {
  CHECK(commit_message(deployment("s3://b/3", "s3://b/2")) ==
        "Deploy models:/iris/3 to ml/iris\n\nInference-Service: ml/iris\nModel-Uri: models:/iris/3\n"
        "Storage-Uri: s3://b/3\nPrevious-Storage-Uri: s3://b/2\n");
  auto back = deployment("s3://b/2", "s3://b/3");
  back.model_uri.clear();
  back.rollback_of = "abc";
  CHECK(commit_message(back) ==
        "Roll ml/iris back to s3://b/2\n\nInference-Service: ml/iris\nStorage-Uri: s3://b/2\n"
        "Previous-Storage-Uri: s3://b/3\nRollback-Of: abc\n");
}

TEST_CASE("deploy commits of the service and the file are read back, the newest first") {
  const base::TemporaryDirectory directory;
  const Git git(directory.path(), Author::parse("Bot <bot@example.com>"));
  git.run({"init", "--quiet"});
  const auto commit = [&](const std::string& file, const std::string& text, const std::string& message) {
    base::write_file(directory.path() / file, text);
    git.run({"add", "--", file});
    git.run({"commit", "--quiet", "--file=-"}, message);
  };
  commit("a.yaml", "1", commit_message(deployment("s3://b/1", "")));
  commit("a.yaml", "2", "By hand\n\nNothing of ours\n");
  auto other = deployment("s3://b/x", "");
  other.service = "ml/other";
  commit("a.yaml", "3", commit_message(other));
  commit("b.yaml", "1", commit_message(deployment("s3://b/y", "")));
  commit("a.yaml", "4", commit_message(deployment("s3://b/2", "s3://b/1")) + "Signed-off-by: x <x@y>\n");
  const auto commits = deploy_commits(git, "a.yaml", "ml/iris");
  REQUIRE(commits.size() == 2);
  CHECK(commits[0].id == git.line({"rev-parse", "HEAD"}));
  CHECK(commits[0].author == "Bot <bot@example.com>");
  CHECK(commits[0].provenance.storage_uri == "s3://b/2");
  CHECK(commits[0].provenance.previous_storage_uri == "s3://b/1");
  CHECK(commits[1].provenance.model_uri == "models:/iris/3");
  CHECK(deploy_commits(git, "none.yaml", "ml/iris").empty());
}
