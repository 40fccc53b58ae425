#include "pin_reference.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

namespace build_pin_digest {
namespace {

using base::YamlNode;
using State = FoundReference::State;

// "oci://", "oci+native://" and the like in front of the reference proper.
std::string scheme_of(const std::string& written) {
  const auto slashes = written.find("://");
  return slashes == std::string::npos ? "" : written.substr(0, slashes + 3);
}

bool has_digest(const std::string& written) {
  return written.find('@') != std::string::npos;
}

// Without digest and, if there is a digest that says the same, without tag.
std::string name_of(const std::string& written, TagForm tag) {
  auto name = written.substr(0, written.find('@'));
  const auto colon = name.rfind(':');
  const auto slash = name.rfind('/');
  const bool tagged = colon != std::string::npos && (slash == std::string::npos || colon > slash);
  if (tag == TagForm::drop && tagged) name.resize(colon);
  return name;
}

// The entry of a Kustomization as one reference, as Kustomize puts it together.
std::string kustomize_text(const YamlNode& entry) {
  const auto new_name = entry.text("newName");
  auto written = new_name.empty() ? entry.text("name") : new_name;
  if (const auto tag = entry.text("newTag"); !tag.empty()) written += ":" + tag;
  if (const auto digest = entry.text("digest"); !digest.empty()) written += "@" + digest;
  return written;
}

std::string text_of(const base::YamlText& text, const ImageField& field) {
  if (field.form == ImageField::Form::kustomize) return kustomize_text(*field.node);
  if (const auto* target = text.anchored(*field.node)) return target->value;
  return field.node->value;
}

// The node that the comment and the edit belong to.
const YamlNode& edited_node(const ImageField& field) {
  if (field.form == ImageField::Form::text) return *field.node;
  for (const auto* key : {"digest", "newTag", "newName"}) {
    if (const auto* value = field.node->find(key)) return *value;
  }
  return *field.node->find("name");
}

// Braces of a template that YAML took for a map.
bool is_unquoted_template(const base::YamlText& text, const YamlNode& node) {
  return node.is_map() && text.text().compare(node.begin, 2, "{{") == 0;
}

struct Settled {
  State state;
  std::string reason;
};

// Why the reference cannot or need not be edited here; missing when it is to be pinned or has a digest.
std::optional<Settled> settled(const base::YamlText& text, const ImageField& field,
                               const std::string& written, const KustomizedNames& kustomized) {
  const auto& node = edited_node(field);
  if (base::is_template(written) || is_unquoted_template(text, *field.node))
    return Settled{State::template_, "a template fills it in"};
  if (text.comment_after(node).find("pin: ignore") != std::string_view::npos)
    return Settled{State::ignored, "# pin: ignore"};
  if (written.rfind("ko://", 0) == 0) return Settled{State::template_, "ko builds it"};
  const auto set = kustomized.find(name_of(written, TagForm::drop));
  if (set != kustomized.end() && field.form == ImageField::Form::text)
    return Settled{State::template_, set->second + " sets it"};
  if (has_digest(written)) return std::nullopt;
  if (node.kind == YamlNode::Kind::alias)
    return Settled{State::left, "an alias; pin the value at its anchor"};
  if (!node.editable())
    return Settled{State::left, "written over several lines or as a block; put it on one line"};
  if (field.form == ImageField::Form::kustomize && field.node->text("newTag").empty())
    return Settled{State::left, "no newTag and no digest; give one of them"};
  return std::nullopt;
}

}  // namespace

WrittenReference read_reference(const base::YamlText& text, const ImageField& field, TagForm tag,
                                const KustomizedNames& kustomized) {
  WrittenReference reference;
  reference.field = field;
  const auto& node = edited_node(field);
  reference.found.file = text.file();
  reference.found.line = node.line;
  reference.found.column = node.column;
  reference.found.field = field.path;
  reference.found.before = text_of(text, field);
  const auto& written = reference.found.before;
  if (auto known = settled(text, field, written, kustomized)) {
    reference.found.state = known->state;
    reference.found.reason = std::move(known->reason);
    return reference;
  }
  const auto parsed = base::in_context(text.where(node) + ": " + field.path, [&] {
    return oci::Reference::parse(written.substr(scheme_of(written).size()));
  });
  if (!parsed.digest) {
    reference.found.state = State::changed;
    reference.wanted = parsed;
  } else if (field.form == ImageField::Form::text && node.editable() &&
             name_of(written, tag) != name_of(written, TagForm::keep)) {
    reference.found.state = State::changed;
  }
  return reference;
}

void write_reference(base::YamlEdit& edit, WrittenReference& reference, TagForm tag,
                     const std::optional<base::Digest>& digest) {
  auto& found = reference.found;
  const auto pinned = digest ? "@" + digest->text() : found.before.substr(found.before.find('@'));
  found.after = name_of(found.before, tag) + pinned;
  const auto& field = reference.field;
  if (field.form == ImageField::Form::text) {
    edit.replace(*field.node, found.after);
  } else if (tag == TagForm::keep) {
    edit.insert_after(*field.node, "newTag", "digest", pinned.substr(1));
  } else {
    // The tag gives way to the digest: newTag becomes digest, key and value.
    const auto* value = field.node->find("newTag");
    edit.replace(field.node->keys[static_cast<std::size_t>(value - field.node->items.data())], "digest");
    edit.replace(*value, pinned.substr(1));
  }
}

void add_kustomized_names(const base::YamlText& text, const ImageField& field, KustomizedNames& names) {
  if (field.form != ImageField::Form::kustomize) return;
  names.emplace(field.node->text("name"), text.where(*field.node));
}

}  // namespace build_pin_digest
