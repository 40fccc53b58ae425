#include "kserve-deploy/provenance.hpp"

#include <array>

#include "base/text.hpp"

namespace kserve_deploy {
namespace {

struct Trailer {
  std::string_view name;
  std::string Provenance::*value;
};

constexpr std::array<Trailer, 8> trailers{{{"Inference-Service", &Provenance::service},
                                           {"Model-Uri", &Provenance::model_uri},
                                           {"Model-Alias", &Provenance::model_alias},
                                           {"Model-Digest", &Provenance::model_digest},
                                           {"Signature-Key", &Provenance::signature_key},
                                           {"Storage-Uri", &Provenance::storage_uri},
                                           {"Previous-Storage-Uri", &Provenance::previous_storage_uri},
                                           {"Rollback-Of", &Provenance::rollback_of}}};

Provenance provenance_from(std::string_view text) {
  Provenance provenance;
  for (const auto& line : base::split(text, '\n')) {
    const auto colon = line.find(": ");
    if (colon == std::string::npos) continue;
    for (const auto& trailer : trailers) {
      if (line.compare(0, colon, trailer.name) == 0)
        provenance.*trailer.value = std::string(base::trim(std::string_view(line).substr(colon + 2)));
    }
  }
  return provenance;
}

// Which model the subject names: the version, or where it is when that is all that is known.
const std::string& model_of(const Provenance& provenance) {
  return provenance.model_uri.empty() ? provenance.storage_uri : provenance.model_uri;
}

}  // namespace

std::string commit_message(const Provenance& provenance) {
  const bool back = !provenance.rollback_of.empty();
  auto message = back ? "Roll " + provenance.service + " back to " + model_of(provenance)
                      : "Deploy " + model_of(provenance) + " to " + provenance.service;
  message += "\n\n";
  for (const auto& trailer : trailers) {
    const auto& value = provenance.*trailer.value;
    if (!value.empty()) message += std::string(trailer.name) + ": " + value + "\n";
  }
  return message;
}

std::vector<DeployCommit> deploy_commits(const Git& git, const std::string& file,
                                         const std::string& service) {
  // Fields are parted by U+001F, commits by U+001E, which no trailer holds.
  const auto log = git.run({"log", "-1000", "--format=%H%x1f%cI%x1f%an <%ae>%x1f%(trailers:only,unfold)%x1e",
                            "--", literal(file)});
  std::vector<DeployCommit> commits;
  for (const auto& record : base::split(log, '\x1e')) {
    const auto fields = base::split(base::trim(record), '\x1f');
    if (fields.size() != 4) continue;
    DeployCommit commit{fields[0], fields[1], fields[2], provenance_from(fields[3])};
    if (commit.provenance.service == service && !commit.provenance.storage_uri.empty())
      commits.push_back(std::move(commit));
  }
  return commits;
}

}  // namespace kserve_deploy
