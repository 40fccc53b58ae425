// Provenance: what each deploy commit says about itself, as trailers that Git can search.
//
//   Inference-Service: ml/iris
//   Model-Uri: models:/iris/3
//   Storage-Uri: s3://models/iris/3
//   Previous-Storage-Uri: s3://models/iris/2
//
// Threads: values; the functions with a Git run it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kserve-deploy/git.hpp"

namespace kserve_deploy {

struct Provenance {
  std::string service;        // "ml/iris"
  std::string model_uri;      // empty when not known
  std::string model_alias;    // empty for none
  std::string model_digest;   // empty when not known
  std::string signature_key;  // empty when no signature was demanded
  std::string storage_uri;
  std::string previous_storage_uri;  // empty for the first deployment
  std::string rollback_of;           // the commit that this one takes back; empty for a deployment
};

// The whole message: a subject and the trailers.
std::string commit_message(const Provenance& provenance);

struct DeployCommit {
  std::string id;
  std::string time;    // RFC 3339
  std::string author;  // "Name <mail>"
  Provenance provenance;
};

// The commits that deployed `service` by `file` (relative to the working tree), the newest first; at most
// 1000.
std::vector<DeployCommit> deploy_commits(const Git& git, const std::string& file, const std::string& service);

}  // namespace kserve_deploy
