#include "base/yaml_edit.hpp"

#include <algorithm>
#include <random>

#include "base/text.hpp"
#include "support/catch.hpp"

using base::ScalarStyle;
using base::YamlEdit;
using base::YamlNode;
using base::YamlText;

namespace {

// Files as they are in repositories: comments, quotes of both kinds, anchors, tags, flow style, several
// documents, block scalars, blank lines at odd places.
const std::vector<std::string> files{
    R"(# Copyright someone
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: "web", 'tier': front}}  # flow


spec:
    template:
        spec:
            containers:
            -   name: web
                image: "registry.example/web:1.2"   # {"$imagepolicy": "flux-system:web"}
                args: ["--a", '--b=it''s', --c]
            -   image: &side busybox:1.36
                name:   sidecar
            initContainers:
            - {image: *side, name: init, command: [sh, -c, "echo \"hi\" \u0041"]}
)",
    R"(---
apiVersion: argoproj.io/v1alpha1
kind: Workflow
spec:
  templates:
    - name: script
      script:
        image: python:3.12-slim
        source: |
          # image: not:this
          print("{{inputs.parameters.x}}")
    - name: folded
      container:
        image: >-
          alpine:3
        args: ["{{inputs.parameters.x}}", plain text
          over lines]
---
# an empty document follows
---
apiVersion: v1
kind: List
items:
- !custom {a: !!str 1, b: &anchor !!str two, "c": *anchor}
- ? complex key
  : value
- ~
-
- text with spaces # and a comment
)",
    "{\n\t\"apiVersion\": \"v1\",\n\t\"kind\": \"Pod\",\n\t\"spec\": {\"containers\": [{\"name\": \"a\", "
    "\"image\": \"a:1\"}, {\n\t\t\"image\": \"b:2\",\n\t\t\"env\": [1, 2.5, true, null, {}]}]}\n}",
    "\xEF\xBB\xBF# byte order mark and CRLF\r\nkind: Kustomization\r\nimages:\r\n  - name: web # first\r\n   "
    " newTag: "
    "\"1.2\"\r\n\r\n  - name: ünïcode-🙂\r\n    newTag: v1\r\n",
};

void collect(const YamlNode& node, std::vector<YamlNode>& scalars) {
  if (node.editable()) scalars.push_back(node);
  for (const auto& key : node.keys) collect(key, scalars);
  for (const auto& item : node.items) collect(item, scalars);
}

// Every scalar that can be edited, in the order of the text.
std::vector<YamlNode> editable(const YamlText& text) {
  std::vector<YamlNode> scalars;
  for (const auto& document : text.documents()) collect(document, scalars);
  std::sort(scalars.begin(), scalars.end(),
            [](const YamlNode& a, const YamlNode& b) { return a.begin < b.begin; });
  return scalars;
}

const YamlNode& scalar_with(const std::vector<YamlNode>& scalars, std::string_view value) {
  for (const auto& scalar : scalars) {
    if (scalar.value == value) return scalar;
  }
  throw std::runtime_error("no scalar " + std::string(value));
}

std::string replaced(const std::string& text, std::string_view from, std::string_view to) {
  const YamlText yaml(text, "t.yaml");
  YamlEdit edit(yaml);
  edit.replace(scalar_with(editable(yaml), from), to);
  return edit.apply();
}

std::string inserted(const std::string& text, std::string_view key, std::string_view value) {
  const YamlText yaml(text, "t.yaml");
  const auto* images = yaml.documents().front().find("images");
  YamlEdit edit(yaml);
  edit.insert_after(images->items.front(), "newTag", key, value);
  return edit.apply();
}

std::string random_value(std::mt19937& random) {
  static const std::vector<std::string> pieces{"a",    "registry.example/x",
                                               ":",    "@sha256",
                                               " ",    "#",
                                               "'",    "\"",
                                               "\\",   "\n",
                                               "🙂", "{",
                                               "]",    ",",
                                               "- ",   "1",
                                               "-",    "null",
                                               "&",    "*",
                                               "%a",   "true",
                                               "\t",   "|"};
  std::string value;
  const auto count = random() % 6;
  for (std::size_t i = 0; i < count; ++i) value += pieces[random() % pieces.size()];
  return value;
}

// Between and around the scalars nothing differs, and of the scalars only those in `changed` do.
void check_only_changed(const YamlText& before, const YamlText& after, const std::vector<std::string>& values,
                        const std::vector<bool>& changed) {
  const auto old_scalars = editable(before);
  const auto new_scalars = editable(after);
  REQUIRE(old_scalars.size() == new_scalars.size());
  std::size_t old_at = 0;
  std::size_t new_at = 0;
  for (std::size_t i = 0; i < old_scalars.size(); ++i) {
    const auto& was = old_scalars[i];
    const auto& is = new_scalars[i];
    REQUIRE(before.text().substr(old_at, was.begin - old_at) ==
            after.text().substr(new_at, is.begin - new_at));
    REQUIRE(is.value == (changed[i] ? values[i] : was.value));
    if (!changed[i]) {
      REQUIRE(before.text().substr(was.begin, was.end - was.begin) ==
              after.text().substr(is.begin, is.end - is.begin));
    }
    old_at = was.end;
    new_at = is.end;
  }
  REQUIRE(before.text().substr(old_at) == after.text().substr(new_at));
}

std::string message_of(const std::string& text) {
  try {
    const YamlText yaml(text, "t.yaml");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::input);
    return error.message();
  }
  return "";
}

}  // namespace

TEST_CASE("random edits change the edited scalars and no other byte") {
  std::mt19937 random(7);
  for (const auto& file : files) {
    for (const auto& text : {file, base::replace_all(base::replace_all(file, "\r\n", "\n"), "\n", "\r\n")}) {
      for (int round = 0; round < 400; ++round) {
        const YamlText before(text, "t.yaml");
        const auto scalars = editable(before);
        std::vector<bool> changed(scalars.size());
        std::vector<std::string> values(scalars.size());
        YamlEdit edit(before);
        for (std::size_t i = 0; i < scalars.size(); ++i) {
          values[i] = random_value(random);
          changed[i] = random() % 4 == 0;
          if (changed[i]) edit.replace(scalars[i], values[i]);
        }
        const auto edited = edit.apply();
        INFO(edited);
        check_only_changed(before, YamlText(edited, "t.yaml"), values, changed);
      }
    }
  }
}

TEST_CASE("an edit without changes gives the same bytes") {
  for (const auto& file : files) {
    const YamlText text(file, "t.yaml");
    CHECK(YamlEdit(text).empty());
    CHECK(YamlEdit(text).apply() == file);
  }
}

TEST_CASE("a scalar stands behind its tag and its anchor") {
  CHECK(replaced("a: &x !!str one # c\nb: *x\n", "one", "two") == "a: &x !!str two # c\nb: *x\n");
  CHECK(replaced("a: !!str &x 'one'\nb: *x\n", "one", "two") == "a: !!str &x 'two'\nb: *x\n");
  CHECK(replaced("a: &x # note\n  one\n", "one", "two") == "a: &x # note\n  two\n");
}

TEST_CASE("the byte order mark and CRLF stay, and positions hold behind them") {
  CHECK(replaced("\xEF\xBB\xBF"
                 "a: 1\r\nimage: x:1\r\n",
                 "x:1", "y:22") ==
        "\xEF\xBB\xBF"
        "a: 1\r\nimage: y:22\r\n");
}

TEST_CASE("quotes stay as they are") {
  CHECK(replaced("a: 'x'\n", "x", "it's") == "a: 'it''s'\n");
  CHECK(replaced("a: \"x\"\n", "x", "a\"b\\c") == "a: \"a\\\"b\\\\c\"\n");
  CHECK(replaced("a: 'x'\n", "x", "two\nlines") == "a: \"two\\u000alines\"\n");
}

TEST_CASE("a plain value that would read as something else is quoted") {
  CHECK(replaced("a: x\n", "x", "s3://bucket/model@1") == "a: s3://bucket/model@1\n");
  for (const auto* value :
       {"true", "No", "1.20", "12:30", "~", "", "a: b", "a #b", "- a", "x:", "*a", "0x1f"}) {
    CHECK(replaced("a: x\n", "x", value) == "a: \"" + std::string(value) + "\"\n");
  }
}

TEST_CASE("block scalars, scalars over lines and aliases are not editable") {
  const YamlText text("a: |\n  x\nb: one\n  two\nc: \"one\n  two\"\nd: &y z\ne: *y\n", "t.yaml");
  const auto& map = text.documents().front();
  CHECK_FALSE(map.find("a")->editable());
  CHECK(map.find("a")->style == ScalarStyle::block);
  CHECK_FALSE(map.find("b")->editable());
  CHECK(map.find("b")->value == "one two");
  CHECK_FALSE(map.find("c")->editable());
  CHECK_FALSE(map.find("e")->editable());
  CHECK(text.anchored(*map.find("e")) == map.find("d"));
  YamlEdit edit(text);
  CHECK_THROWS_AS(edit.replace(*map.find("a"), "y"), base::Error);
}

TEST_CASE("an entry is put behind its sibling with its indentation") {
  CHECK(inserted("images:\n- name: a # n\n  newTag: v1 # t\n  # end\n", "digest", "sha256:0") ==
        "images:\n- name: a # n\n  newTag: v1 # t\n  digest: sha256:0\n  # end\n");
  CHECK(inserted("images:\n  -   newTag: v1", "digest", "x") == "images:\n  -   newTag: v1\n      digest: x");
  CHECK(inserted("images:\r\n- newTag: v1\r\n", "digest", "x") ==
        "images:\r\n- newTag: v1\r\n  digest: x\r\n");
  CHECK(inserted("images: [{name: a, newTag: 'v1'}]\n", "digest", "x") ==
        "images: [{name: a, newTag: 'v1', digest: 'x'}]\n");
  CHECK(inserted("{\"images\": [\n  {\n    \"newTag\": \"v1\"\n  }\n]}\n", "digest", "x") ==
        "{\"images\": [\n  {\n    \"newTag\": \"v1\",\n    \"digest\": \"x\"\n  }\n]}\n");
}

TEST_CASE("nodes know where they are and what comment stands behind them") {
  const YamlText text("a: 1\n---\nb:\n  c: \"x\" # pin: ignore\n  d: x#y\n", "dir/t.yaml");
  REQUIRE(text.documents().size() == 2);
  const auto* c = text.documents()[1].find_path({"b", "c"});
  REQUIRE(c != nullptr);
  CHECK(text.where(*c) == "dir/t.yaml:4:6");
  CHECK(text.comment_after(*c) == "# pin: ignore");
  CHECK(text.comment_after(*text.documents()[1].find_path({"b", "d"})).empty());
  CHECK(text.documents()[1].find_path({"b", "missing"}) == nullptr);
  CHECK(text.documents()[1].text("b").empty());
}

TEST_CASE("what cannot be read is refused with its place") {
  CHECK(message_of("a: [1\nb: 2\n").rfind("t.yaml:", 0) == 0);
  CHECK(message_of("a: b: c\n").rfind("t.yaml:1:", 0) == 0);
  CHECK(message_of(std::string("\xFF\xFE"
                               "a\0",
                               4))
            .find("UTF-16") != std::string::npos);
  CHECK(message_of(std::string("a: \0\n", 5)).find("UTF-8") != std::string::npos);
  CHECK(message_of("a: \xFF\n") == "t.yaml: not valid UTF-8");
  CHECK(message_of(std::string(300, '[')).find("t.yaml:1:") == 0);
  CHECK(message_of(", ") == "t.yaml:1:1: not YAML from here on");
  CHECK(message_of("").empty());
  CHECK(base::yaml_problem("a: [1\nb: 2\n", "t.yaml")->message() == message_of("a: [1\nb: 2\n"));
  CHECK_FALSE(base::yaml_problem("a: 1\n", "t.yaml"));
  CHECK(message_of("# only a comment\n").empty());
}

TEST_CASE("templates are recognised") {
  CHECK(base::is_template("{{ .Values.image }}"));
  CHECK(base::is_template("x/$(params.image)"));
  CHECK(base::is_template("${IMAGE}:1"));
  CHECK_FALSE(base::is_template("registry.example/app:v1"));
}
