#include "pin.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <memory>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/interrupt.hpp"
#include "base/log.hpp"
#include "pin_diff.hpp"
#include "pin_paths.hpp"
#include "pin_reference.hpp"

namespace build_pin_digest {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using State = FoundReference::State;

constexpr std::uintmax_t largest_manifest = std::uintmax_t{16} << 20U;

// One file from reading to writing.
struct Manifest {
  fs::path path;
  base::YamlText text;
  std::vector<ImageField> fields;
  std::vector<WrittenReference> references;
  std::string edited;
};

// Text that only a template engine can read is listed, not edited.
FoundReference template_file(const fs::path& path, const Error& error) {
  FoundReference found;
  found.file = path;
  found.line = found.column = 1;
  found.state = State::template_;
  found.reason = "a template that is not YAML (" + error.message() + "); pin what it is rendered to";
  return found;
}

std::vector<Manifest> read_manifests(const std::vector<fs::path>& files, PinReport& report) {
  std::vector<Manifest> manifests;
  for (const auto& path : files) {
    base::check_interrupt();
    auto bytes = base::read_file(path, largest_manifest);
    const bool may_be_template = bytes.find("{{") != std::string::npos;
    const auto problem = may_be_template ? base::yaml_problem(bytes, path.string()) : std::nullopt;
    if (problem) {
      report.references.push_back(template_file(path, *problem));
    } else {
      manifests.push_back({path, base::YamlText(std::move(bytes), path.string()), {}, {}, {}});
    }
  }
  // Only now, when the manifests stay where they are: the fields point into them.
  for (auto& manifest : manifests) manifest.fields = find_image_fields(manifest.text);
  return manifests;
}

void read_references(std::vector<Manifest>& manifests, TagForm tag) {
  KustomizedNames kustomized;
  for (const auto& manifest : manifests) {
    for (const auto& field : manifest.fields) add_kustomized_names(manifest.text, field, kustomized);
  }
  for (auto& manifest : manifests) {
    for (const auto& field : manifest.fields)
      manifest.references.push_back(read_reference(manifest.text, field, tag, kustomized));
  }
}

using Digests = std::map<std::string, base::Digest>;

// One look-up for each distinct name, however often and wherever it is written.
Digests look_up(const std::vector<Manifest>& manifests, const DigestOf& digest_of) {
  Digests digests;
  for (const auto& manifest : manifests) {
    for (const auto& reference : manifest.references) {
      if (!reference.wanted || digests.count(reference.wanted->text()) != 0) continue;
      base::check_interrupt();
      const auto digest = base::in_context(reference.found.where() + ": " + reference.found.before,
                                           [&] { return digest_of(*reference.wanted); });
      digests.emplace(reference.wanted->text(), digest);
    }
  }
  return digests;
}

void edit(Manifest& manifest, TagForm tag, const Digests& digests) {
  base::YamlEdit edit(manifest.text);
  for (auto& reference : manifest.references) {
    if (reference.found.state != State::changed) continue;
    std::optional<base::Digest> digest;
    if (reference.wanted) digest = digests.at(reference.wanted->text());
    write_reference(edit, reference, tag, digest);
  }
  manifest.edited = edit.apply();
}

unsigned mode_of(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throw base::system_error(errno, "reading " + path.string());
  return status.st_mode & 07777U;
}

// Everything that can fail is done before the first file changes its content; then each is renamed.
void write(const std::vector<const Manifest*>& changed) {
  std::vector<std::unique_ptr<base::AtomicFile>> files;
  for (const auto* manifest : changed) {
    // Through a link to the file that it names.
    const auto target = fs::canonical(manifest->path);
    if (base::read_file(target, largest_manifest) != manifest->text.text()) {
      throw Error(ErrorKind::precondition,
                  manifest->path.string() + " was changed by someone else in the meantime; run again");
    }
    files.push_back(std::make_unique<base::AtomicFile>(target, mode_of(target)));
    files.back()->write(manifest->edited);
  }
  for (const auto& file : files) file->commit();
}

}  // namespace

std::string FoundReference::where() const {
  return file.string() + ":" + std::to_string(line) + ":" + std::to_string(column);
}

std::vector<FoundReference> PinReport::in_state(FoundReference::State state) const {
  std::vector<FoundReference> found;
  std::copy_if(references.begin(), references.end(), std::back_inserter(found),
               [state](const FoundReference& each) { return each.state == state; });
  return found;
}

bool PinReport::all_pinned() const {
  return std::none_of(references.begin(), references.end(), [](const FoundReference& each) {
    return each.state == State::changed || each.state == State::left;
  });
}

DigestOf digest_from_registry(const oci::OpenOptions& options) {
  return [options](const oci::Reference& reference) {
    oci::Location location;
    location.reference = reference;
    const auto digest = oci::open_repository(location, options)->resolve(reference.identifier());
    if (digest) return *digest;
    throw Error(ErrorKind::precondition, "the registry has no " + reference.text() +
                                             "; push it, correct the name, or write '# pin: ignore'");
  };
}

PinReport pin(const PinRequest& request, const DigestOf& digest_of) {
  PinReport report;
  auto manifests = read_manifests(manifest_files(request.paths), report);
  read_references(manifests, request.tag);
  if (request.mode != PinMode::check) {
    const auto digests = look_up(manifests, digest_of);
    for (auto& manifest : manifests) edit(manifest, request.tag, digests);
  }
  std::vector<const Manifest*> changed;
  for (const auto& manifest : manifests) {
    for (const auto& reference : manifest.references) report.references.push_back(reference.found);
    if (request.mode == PinMode::check || manifest.edited == manifest.text.text()) continue;
    changed.push_back(&manifest);
    report.changed_files.push_back(manifest.path);
    report.diff +=
        unified_diff(manifest.path.relative_path().string(), manifest.text.text(), manifest.edited);
  }
  if (request.mode == PinMode::write) write(changed);
  return report;
}

}  // namespace build_pin_digest
