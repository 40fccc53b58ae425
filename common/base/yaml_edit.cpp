#include "base/yaml_edit.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>

#include "base/text.hpp"
#include "base/yaml_scan.hpp"

namespace base {
namespace {

using detail::YamlEvent;
using Kind = YamlNode::Kind;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::size_t deepest = 200;

std::optional<Error> encoding_problem(std::string_view text, const std::string& file) {
  const bool wide = text.substr(0, 2) == "\xFE\xFF" || text.substr(0, 2) == "\xFF\xFE" ||
                    text.find('\0') != std::string_view::npos;
  if (wide) {
    return Error(ErrorKind::input,
                 file + ": UTF-16, UTF-32 or binary; expected UTF-8 (convert it: iconv -f utf-16 -t utf-8)");
  }
  if (!is_valid_utf8(text)) return Error(ErrorKind::input, file + ": not valid UTF-8");
  return std::nullopt;
}

// Builds the nodes from the parser's events. The parser's marks count bytes behind the byte order mark and
// stand before tag and anchor; there is none for where a scalar ends (yaml-cpp 0.6 to 0.8).
class Builder : public YAML::EventHandler {
 public:
  Builder(std::string_view text, const std::string& file)
      : text_(text),
        file_(file),
        offset_(text.substr(0, 3) == byte_order_mark ? byte_order_mark.size() : 0) {}

  std::vector<YamlNode> documents;
  std::vector<YamlEvent> events;

  void OnDocumentStart(const YAML::Mark& mark) override {
    // The parser stays for ever where it finds something like a lone comma.
    const bool stuck = last_document_ && *last_document_ >= at(mark);
    if (stuck) {
      throw Error(ErrorKind::input, file_ + ":" + std::to_string(mark.line + 1) + ":" +
                                        std::to_string(mark.column + 1) + ": not YAML from here on");
    }
    last_document_ = at(mark);
    event(YamlEvent::Kind::document, at(mark));
  }
  void OnDocumentEnd() override {
    if (open_.empty() && !root_) documents.emplace_back();
    root_ = false;
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    event(YamlEvent::Kind::null, at(mark), "", anchor);
    add(node(Kind::null, mark, at(mark), anchor));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    event(YamlEvent::Kind::alias, at(mark), "", anchor);
    add(node(Kind::alias, mark, at(mark), anchor));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const auto begin = detail::skip_properties(text_, at(mark));
    event(YamlEvent::Kind::scalar, begin, tag, anchor, value);
    auto scalar = node(Kind::scalar, mark, begin, anchor);
    scalar.value = value;
    scalar.style = detail::style_at(text_, begin, tag);
    scalar.end = detail::scalar_end(text_, begin, scalar.style, value);
    add(std::move(scalar));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    event(YamlEvent::Kind::list, at(mark), tag, anchor);
    open(node(Kind::list, mark, at(mark), anchor), style);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    event(YamlEvent::Kind::map, at(mark), tag, anchor);
    open(node(Kind::map, mark, at(mark), anchor), style);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  std::size_t at(const YAML::Mark& mark) const {
    return std::min(text_.size(), static_cast<std::size_t>(std::max(0, mark.pos)) + offset_);
  }

  void event(YamlEvent::Kind kind, std::size_t begin, const std::string& tag = "", std::size_t anchor = 0,
             const std::string& value = "") {
    events.push_back({kind, tag, anchor, value, begin});
  }

  YamlNode node(Kind kind, const YAML::Mark& mark, std::size_t begin, std::size_t anchor) const {
    YamlNode made;
    made.kind = kind;
    made.begin = made.end = begin;
    made.line = static_cast<std::size_t>(mark.line) + 1;
    made.column = static_cast<std::size_t>(mark.column) + 1;
    made.anchor = anchor;
    return made;
  }

  void open(YamlNode collection, YAML::EmitterStyle::value style) {
    if (open_.size() >= deepest) {
      throw Error(ErrorKind::input, file_ + ":" + std::to_string(collection.line) + ":" +
                                        std::to_string(collection.column) + ": nested deeper than " +
                                        std::to_string(deepest) + " levels");
    }
    collection.layout = style == YAML::EmitterStyle::Flow ? CollectionStyle::flow : CollectionStyle::block;
    open_.push_back(std::move(collection));
  }

  void close() {
    event(YamlEvent::Kind::end, 0);
    YamlNode closed = std::move(open_.back());
    open_.pop_back();
    add(std::move(closed));
  }

  void add(YamlNode child) {
    if (open_.empty()) {
      root_ = true;
      documents.push_back(std::move(child));
      return;
    }
    auto& parent = open_.back();
    const bool is_key = parent.is_map() && parent.keys.size() == parent.items.size();
    (is_key ? parent.keys : parent.items).push_back(std::move(child));
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t offset_;
  std::vector<YamlNode> open_;
  bool root_ = false;
  std::optional<std::size_t> last_document_;
};

// The one place that runs yaml-cpp, and so the one that translates its exceptions.
std::optional<Error> feed(std::string_view text, const std::string& file, Builder& builder) {
  if (auto problem = encoding_problem(text, file)) return problem;
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    const auto position = error.mark.is_null() ? std::string()
                                               : ":" + std::to_string(error.mark.line + 1) + ":" +
                                                     std::to_string(error.mark.column + 1);
    return Error(ErrorKind::input, file + position + ": " + printable(error.msg, 300));
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

void collect_anchors(const YamlNode& node, std::map<std::size_t, const YamlNode*>& anchors) {
  if (node.anchor != 0 && node.kind != Kind::alias) anchors.emplace(node.anchor, &node);
  for (const auto& key : node.keys) collect_anchors(key, anchors);
  for (const auto& item : node.items) collect_anchors(item, anchors);
}

// An expected scalar without a tag is one that was written by the edit, in whatever style it needs.
bool same(const YamlEvent& expected, const YamlEvent& found) {
  const bool written = expected.kind == YamlEvent::Kind::scalar && expected.tag.empty();
  return expected.kind == found.kind && expected.anchor == found.anchor && expected.value == found.value &&
         (written || expected.tag == found.tag);
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  for (std::size_t i = 0; i < keys.size() && i < items.size(); ++i) {
    if (keys[i].is_scalar() && keys[i].value == key) return &items[i];
  }
  return nullptr;
}

const YamlNode* YamlNode::find_path(const std::vector<std::string_view>& path) const {
  const YamlNode* node = this;
  for (const auto key : path) {
    node = node->find(key);
    if (node == nullptr) return nullptr;
  }
  return node;
}

std::string YamlNode::text(std::string_view key) const {
  const auto* node = find(key);
  return node != nullptr && node->is_scalar() ? node->value : "";
}

YamlText::YamlText(std::string text, std::string file) : text_(std::move(text)), file_(std::move(file)) {
  Builder builder(text_, file_);
  if (const auto problem = feed(text_, file_, builder)) throw Error(*problem);
  documents_ = std::move(builder.documents);
  events_ = std::move(builder.events);
  for (const auto& document : documents_) collect_anchors(document, anchors_);
}

const YamlNode* YamlText::anchored(const YamlNode& alias) const {
  const auto found = anchors_.find(alias.anchor);
  return alias.kind == Kind::alias && found != anchors_.end() ? found->second : nullptr;
}

std::string_view YamlText::comment_after(const YamlNode& scalar) const {
  const std::string_view text = text_;
  auto line = text.substr(scalar.end, text.find_first_of("\r\n", scalar.end) - scalar.end);
  for (auto sign = line.find('#'); sign != std::string_view::npos; sign = line.find('#', sign + 1)) {
    const bool begins = sign == 0 ? false : line[sign - 1] == ' ' || line[sign - 1] == '\t';
    if (begins) return line.substr(sign);
  }
  return {};
}

std::string YamlText::where(const YamlNode& node) const {
  return file_ + ":" + std::to_string(node.line) + ":" + std::to_string(node.column);
}

Error YamlText::error(const YamlNode& node, std::string_view message) const {
  return Error(ErrorKind::input, where(node) + ": " + std::string(message));
}

void YamlEdit::replace(const YamlNode& scalar, std::string_view value) {
  if (!scalar.editable()) {
    throw text_.error(scalar,
                      "this value cannot be edited in place; write it on one line, in quotes or plain");
  }
  if (scalar.value == value) return;
  Change change;
  change.end = scalar.end;
  change.bytes = detail::write_scalar(value, scalar.style);
  change.value = value;
  changes_.insert_or_assign(scalar.begin, std::move(change));
}

void YamlEdit::insert_after(const YamlNode& map, std::string_view sibling, std::string_view key,
                            std::string_view value) {
  const auto* beside = map.find(sibling);
  if (beside == nullptr || !beside->editable()) {
    throw text_.error(
        map, "no entry '" + std::string(sibling) + "' on one line to put '" + std::string(key) + "' beside");
  }
  const auto& sibling_key = map.keys[static_cast<std::size_t>(beside - map.items.data())];
  const auto entry = detail::write_entry(text_.text_, sibling_key, *beside, map.layout, key, value);
  Change change;
  change.end = entry.at;
  change.bytes = entry.bytes;
  change.value = value;
  change.key = key;
  change.after = beside->begin;
  if (changes_.count(entry.at) != 0) {
    throw Error(ErrorKind::internal, text_.where(*beside) + ": two entries inserted at one place");
  }
  changes_.emplace(entry.at, std::move(change));
}

std::vector<YamlEvent> YamlEdit::expected_events() const {
  std::multimap<std::size_t, const Change*> inserted;  // by the value that they stand behind
  for (const auto& [begin, change] : changes_) {
    if (!change.key.empty()) inserted.emplace(change.after, &change);
  }
  std::vector<YamlEvent> expected;
  for (const auto& event : text_.events_) {
    expected.push_back(event);
    if (event.kind != YamlEvent::Kind::scalar) continue;
    const auto replaced = changes_.find(event.begin);
    if (replaced != changes_.end() && replaced->second.key.empty()) {
      expected.back().value = replaced->second.value;
      expected.back().tag.clear();  // a plain value may have got quotes
    }
    const auto [first, last] = inserted.equal_range(event.begin);
    for (auto each = first; each != last; ++each) {
      expected.push_back({YamlEvent::Kind::scalar, "", 0, each->second->key, 0});
      expected.push_back({YamlEvent::Kind::scalar, "", 0, each->second->value, 0});
    }
  }
  return expected;
}

std::string YamlEdit::apply() const {
  std::string edited;
  std::size_t done = 0;
  for (const auto& [begin, change] : changes_) {
    edited.append(text_.text_, done, begin - done);
    edited += change.bytes;
    done = change.end;
  }
  edited.append(text_.text_, done, std::string::npos);

  const YamlText again(edited, text_.file_ + " (as edited)");
  const auto expected = expected_events();
  const bool equal =
      std::equal(expected.begin(), expected.end(), again.events_.begin(), again.events_.end(), same);
  if (!equal) {
    throw Error(
        ErrorKind::input,
        text_.file_ + ": the edit would change more than the values it is meant for; edit it by hand");
  }
  return edited;
}

std::optional<Error> yaml_problem(std::string_view text, const std::string& file) {
  Builder builder(text, file);
  return feed(text, file, builder);
}

std::string yaml_scalar(std::string_view value) {
  return detail::write_scalar(value, ScalarStyle::plain);
}

bool is_template(std::string_view text) {
  constexpr std::array<std::string_view, 3> openings{"{{", "$(", "${"};
  return std::any_of(openings.begin(), openings.end(),
                     [&](std::string_view opening) { return text.find(opening) != std::string_view::npos; });
}

}  // namespace base
