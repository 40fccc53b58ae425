// Editing YAML and JSON text in place: only the bytes of the edited values change. Comments, order, quotes,
// line ends, blank lines and the byte order mark stay as they are.
//
// A YamlText is the text with its nodes and where each stands; a YamlEdit collects changes to it. The edited
// text is parsed again and must differ in the edited values only. Not editable in place: block scalars, plain
// and quoted scalars over several lines, and aliases (the value stands at the anchor).
//
// Errors: Error{input} "FILE:LINE:COLUMN: …" for text that does not parse or is not UTF-8, and for a node
// that cannot be edited.   Threads: values.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace base {

enum class ScalarStyle { plain, single_quoted, double_quoted, block };
// Braces and brackets, or indentation.
enum class CollectionStyle { flow, block };

struct YamlNode {
  enum class Kind { null, scalar, list, map, alias };

  Kind kind = Kind::null;
  std::string value;                                // of a scalar, as it reads
  ScalarStyle style = ScalarStyle::plain;           // of a scalar
  CollectionStyle layout = CollectionStyle::block;  // of a list or map
  // Bytes of the text, tag and anchor excluded. A scalar from `begin` to `end`, quotes included, can be
  // replaced; begin == end: it cannot.
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t line = 0;         // from 1
  std::size_t column = 0;       // from 1, in bytes
  std::size_t anchor = 0;       // its own, or for an alias the one it names; 0: none
  std::vector<YamlNode> items;  // of a list, or the values of a map
  std::vector<YamlNode> keys;   // of a map, one for each item

  bool is_scalar() const { return kind == Kind::scalar; }
  bool is_map() const { return kind == Kind::map; }
  bool is_list() const { return kind == Kind::list; }
  bool editable() const { return kind == Kind::scalar && end > begin; }
  // The value under `key` of a map, the first if there are several; null when there is none.
  const YamlNode* find(std::string_view key) const;
  // The same along several keys: {"spec", "predictor"}.
  const YamlNode* find_path(const std::vector<std::string_view>& path) const;
  // The text of the scalar under `key`; empty when there is none.
  std::string text(std::string_view key) const;
};

namespace detail {

// What the parser saw, one after the other: the meaning of a text.
struct YamlEvent {
  enum class Kind { document, null, alias, scalar, list, map, end };
  Kind kind;
  std::string tag;
  std::size_t anchor = 0;
  std::string value;
  std::size_t begin = 0;
};

}  // namespace detail

class YamlText {
 public:
  // `file` names the text in messages.
  YamlText(std::string text, std::string file);

  const std::string& text() const { return text_; }
  const std::string& file() const { return file_; }
  const std::vector<YamlNode>& documents() const { return documents_; }
  // What an alias stands for.
  const YamlNode* anchored(const YamlNode& alias) const;
  // What stands behind the node on its last line, comment sign included; empty when there is no comment.
  std::string_view comment_after(const YamlNode& scalar) const;
  // "FILE:LINE:COLUMN"
  std::string where(const YamlNode& node) const;
  Error error(const YamlNode& node, std::string_view message) const;

 private:
  friend class YamlEdit;
  std::string text_;
  std::string file_;
  std::vector<YamlNode> documents_;
  std::vector<detail::YamlEvent> events_;
  std::map<std::size_t, const YamlNode*> anchors_;

 public:
  YamlText(const YamlText&) = delete;  // anchors_ points into documents_
  YamlText& operator=(const YamlText&) = delete;
  YamlText(YamlText&&) = default;
  YamlText& operator=(YamlText&&) = default;
  ~YamlText() = default;
};

class YamlEdit {
 public:
  // `text` must outlive the edit.
  explicit YamlEdit(const YamlText& text) : text_(text) {}

  // The scalar gets the value, in the style it has; a plain one is quoted if the value could be read as
  // something else. Replacing the same scalar twice is one edit.
  void replace(const YamlNode& scalar, std::string_view value);
  // A new entry behind the entry `sibling` of `map`, with its indentation and its style. The sibling's value
  // must be editable.
  void insert_after(const YamlNode& map, std::string_view sibling, std::string_view key,
                    std::string_view value);

  bool empty() const { return changes_.empty(); }
  // The edited text.
  std::string apply() const;

 private:
  struct Change {
    std::size_t end;    // bytes [begin, end) of the text go
    std::string bytes;  // and these come
    std::string value;  // of the replaced scalar
    std::string key;    // of an entry that is inserted behind the scalar at `after`
    std::size_t after = 0;
  };
  std::vector<detail::YamlEvent> expected_events() const;

  const YamlText& text_;
  std::map<std::size_t, Change> changes_;  // by first byte
};

// Why a YamlText cannot be made of the text; missing when it can.
std::optional<Error> yaml_problem(std::string_view text, const std::string& file);

// `value` as one scalar on one line: plain where every reader takes it for the same text, else double-quoted.
std::string yaml_scalar(std::string_view value);

// Whether a template engine has to fill the text in first: "{{", "$(…)" or "${…}".
bool is_template(std::string_view text);

}  // namespace base
