// Pinning: writes the digest of each image into the manifests that name it, changing no other byte.
//
// Known: image fields of Kubernetes, Argo and Tekton objects (also bundle resolver params), KServe's
// storageUri with oci://, and the images of a Kustomization. Templates ("{{", "$(…)", "${…}"), aliases, block
// scalars and lines with "# pin: ignore" are left and listed. Every look-up is made and every edit checked
// before the first file is written; each file is replaced whole, so a kill leaves each old or new.
//
// Errors: Error{input} for a file that does not parse (file, line, column) and a malformed reference,
// Error{precondition} for an image that is not there, a path that names nothing, and a file that changed in
// the meantime, Error{unavailable} for a registry. All leave every file as it was.   Threads: one at a time.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "oci/reference.hpp"
#include "oci/repository.hpp"

namespace build_pin_digest {

enum class TagForm {
  keep,  // name:tag@sha256:…
  drop,  // name@sha256:…, also where a tag stands beside a digest now
};

enum class PinMode {
  write,
  plan,   // as write, but no file is touched
  check,  // as plan, but nothing is looked up either: what is unpinned is all that is asked
};

struct PinRequest {
  std::vector<std::string> paths;  // files, directories (every *.yaml and *.yml under them) and globs
  TagForm tag = TagForm::keep;
  PinMode mode = PinMode::write;
};

// Where a reference stands, and what became of it.
struct FoundReference {
  enum class State {
    pinned,     // has a digest and stays as it is
    changed,    // gets `after`; in check mode: has no digest, and `after` is empty
    template_,  // filled in by a template or a Kustomization, which `reason` names: to be pinned there
    ignored,    // "# pin: ignore"
    left,       // cannot be edited in place; `reason` says why
  };
  std::filesystem::path file;
  std::size_t line = 0;  // from 1
  std::size_t column = 0;
  std::string field;  // "spec.template.spec.containers[0].image"
  State state = State::pinned;
  std::string before;
  std::string after;
  std::string reason;

  // "FILE:LINE:COLUMN"
  std::string where() const;
};

struct PinReport {
  std::vector<FoundReference> references;  // by file, then in the order of the text
  std::vector<std::filesystem::path> changed_files;
  std::string diff;  // unified, as patch(1) reads it; empty when nothing changes

  std::vector<FoundReference> in_state(FoundReference::State state) const;
  // True when every reference that names an image for itself has a digest (templates and ignored ones aside).
  bool all_pinned() const;
};

// The digest that a reference names now; an Error when there is none. Called once for each distinct
// reference.
using DigestOf = std::function<base::Digest(const oci::Reference&)>;
DigestOf digest_from_registry(const oci::OpenOptions& options);

PinReport pin(const PinRequest& request, const DigestOf& digest_of);

}  // namespace build_pin_digest
