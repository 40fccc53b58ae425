// One reference as it is written in a manifest: what it says, and how it is written with a digest.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/yaml_edit.hpp"
#include "pin.hpp"
#include "pin_finder.hpp"

namespace build_pin_digest {

struct WrittenReference {
  FoundReference found;                  // state and reason are decided, `after` is not
  std::optional<oci::Reference> wanted;  // its digest is to be looked up
  ImageField field;
};

// Image names (as written) that a Kustomization of this run sets, each with the place where it does.
using KustomizedNames = std::map<std::string, std::string>;

// Error{input} with the place for a malformed reference.
WrittenReference read_reference(const base::YamlText& text, const ImageField& field, TagForm tag,
                                const KustomizedNames& kustomized);

// Puts `digest` (or, for one that has a digest already, what the tag form asks for) into the text and into
// `reference.found.after`.
void write_reference(base::YamlEdit& edit, WrittenReference& reference, TagForm tag,
                     const std::optional<base::Digest>& digest);

void add_kustomized_names(const base::YamlText& text, const ImageField& field, KustomizedNames& names);

}  // namespace build_pin_digest
