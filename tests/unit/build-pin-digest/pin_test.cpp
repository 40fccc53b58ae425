#include "build-pin-digest/pin.hpp"

#include <filesystem>
#include <map>

#include "base/error.hpp"
#include "base/files.hpp"
#include "build-pin-digest/pin_diff.hpp"
#include "support/catch.hpp"

using namespace build_pin_digest;
using State = FoundReference::State;

namespace {

const std::string digest_text = "sha256:" + std::string(64, 'a');

// A directory of manifests, and a registry that has every image and counts its requests.
struct Fixture {
  base::TemporaryDirectory directory;
  std::map<std::string, int> requests;

  std::filesystem::path write(const std::string& name, const std::string& text) const {
    const auto path = directory.path() / name;
    base::write_file(path, text);
    return path;
  }
  std::string read(const std::string& name) const { return base::read_file(directory.path() / name); }

  PinReport pin(PinMode mode = PinMode::write, TagForm tag = TagForm::keep) {
    return build_pin_digest::pin({{directory.path().string()}, tag, mode},
                                 [this](const oci::Reference& wanted) {
                                   ++requests[wanted.text()];
                                   if (wanted.repository.find("missing") != std::string::npos)
                                     throw base::Error(base::ErrorKind::precondition, "no such image");
                                   return base::Digest::parse(digest_text);
                                 });
  }

  // The text of a manifest after pinning.
  std::string pinned(const std::string& text, TagForm tag = TagForm::keep,
                     const std::string& name = "m.yaml") {
    write(name, text);
    pin(PinMode::write, tag);
    return read(name);
  }
};

// "%" stands for "@" and the digest.
std::string expanded(std::string text) {
  for (auto at = text.find('%'); at != std::string::npos; at = text.find('%', at))
    text.replace(at, 1, "@" + digest_text);
  return text;
}

std::string pod(const std::string& containers) {
  return "apiVersion: v1\nkind: Pod\nspec:\n" + containers;
}

std::vector<std::string> fields_of(const PinReport& report, State state) {
  std::vector<std::string> fields;
  for (const auto& each : report.in_state(state)) fields.push_back(each.field);
  return fields;
}

}  // namespace

TEST_CASE("every image of a Kubernetes object is pinned, and nothing else changes") {
  Fixture fixture;
  const std::string text = R"(# deployment
apiVersion: apps/v1
kind: Deployment
metadata:
  annotations: {image: not.this/one:1}
spec:
  template:
    spec:
      initContainers: [{name: i, image: 'registry.example/init:1'}]  # flow

      containers:
      - image: registry.example:5000/web:1.2%KEEP   # keep this comment
        name: web
      - {name: side, "image": "side"}
      ephemeralContainers:
      - image: debug:1
      volumes:
      - name: model
        image: {reference: registry.example/model:3, pullPolicy: Always}
)";
  auto before = text;
  before.replace(before.find("%KEEP"), 5, "");
  auto wanted = before;
  for (const auto* name :
       {"registry.example/init:1", "registry.example:5000/web:1.2", "debug:1", "registry.example/model:3"}) {
    wanted.insert(wanted.find(name) + std::string(name).size(), "@" + digest_text);
  }
  wanted.insert(wanted.find("\"side\"") + 5, "@" + digest_text);
  CHECK(fixture.pinned(before) == wanted);
  CHECK(fixture.requests.size() == 5);
}

TEST_CASE("Argo, Tekton and KServe name images in places of their own") {
  Fixture fixture;
  fixture.write("argo.yaml", R"(apiVersion: argoproj.io/v1alpha1
kind: Workflow
spec:
  templates:
  - name: a
    container: {image: a:1}
  - name: b
    script: {image: b:1, source: "docker run c:1"}
  - name: c
    containerSet: {containers: [{image: d:1}]}
    sidecars: [{image: e:1}]
  - name: dag
    steps: [[{name: s, template: a}]]
)");
  fixture.write("tekton.yaml", R"(apiVersion: tekton.dev/v1
kind: Pipeline
spec:
  tasks:
  - name: inline
    taskSpec: {stepTemplate: {image: f:1}, steps: [{image: g:1}], sidecars: [{image: h:1}]}
  - name: resolved
    taskRef: {resolver: bundles, params: [{name: bundle, value: i:1}, {name: name, value: t}]}
  - name: git
    taskRef: {resolver: git, params: [{name: bundle, value: j:1}]}
  - name: legacy
    taskRef: {bundle: k:1}
---
apiVersion: tekton.dev/v1beta1
kind: StepAction
spec: {image: l:1}
)");
  fixture.write("kserve.yaml", R"(apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
spec:
  predictor:
    model: {modelFormat: {name: sklearn}, storageUri: "oci+native://registry.example/m:1", image: n:1}
    storageUris: [{uri: oci://registry.example/o:1}, {uri: s3://bucket/o}]
  transformer: {containers: [{image: p:1}]}
---
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
spec: {predictor: {sklearn: {storageUri: s3://bucket/model, runtimeVersion: "1"}}}
)");
  const auto report = fixture.pin();
  CHECK(fields_of(report, State::changed) ==
        std::vector<std::string>{
            "spec.templates[0].container.image", "spec.templates[1].script.image",
            "spec.templates[2].containerSet.containers[0].image", "spec.templates[2].sidecars[0].image",
            "spec.predictor.model.storageUri", "spec.predictor.model.image",
            "spec.predictor.storageUris[0].uri", "spec.transformer.containers[0].image",
            "spec.tasks[0].taskSpec.stepTemplate.image", "spec.tasks[0].taskSpec.steps[0].image",
            "spec.tasks[0].taskSpec.sidecars[0].image", "spec.tasks[1].taskRef.params[0].value",
            "spec.tasks[3].taskRef.bundle", "spec.image"});
  CHECK(fixture.read("kserve.yaml").find("oci+native://registry.example/m:1@" + digest_text) !=
        std::string::npos);
  CHECK(fixture.requests.count("registry.example/m:1") == 1);
}

TEST_CASE("YAML that is not of these kinds is left alone") {
  Fixture fixture;
  const std::string compose =
      "services:\n  web:\n    image: missing/web:1\ncontainers:\n- image: missing/x:1\n";
  CHECK(fixture.pinned(compose) == compose);
  const std::string crd =
      "apiVersion: v1\nkind: CRD\nspec: {properties: {containers: {items: {properties: {image: {type: "
      "string}}}}}}\n";
  CHECK(fixture.pinned(crd) == crd);
  const std::string script = pod("  containers:\n  - name: a\n    args:\n    - |\n      image: missing:1\n");
  CHECK(fixture.pinned(script) == script);
  CHECK(fixture.requests.empty());
}

TEST_CASE("a Kustomization gets a digest beside the tag, or in its place") {
  Fixture fixture;
  const std::string name = "kustomization.yaml";
  CHECK(fixture.pinned("images:\n- name: web\n  newName: registry.example/web\n  newTag: '1.2'  # t\n",
                       TagForm::keep, name) ==
        "images:\n- name: web\n  newName: registry.example/web\n  newTag: '1.2'  # t\n  digest: '" +
            digest_text + "'\n");
  CHECK(fixture.requests.count("registry.example/web:1.2") == 1);
  CHECK(fixture.pinned("images:\n- name: web\n  newTag: '1.2'  # t\n", TagForm::drop, name) ==
        "images:\n- name: web\n  digest: '" + digest_text + "'  # t\n");
  const auto pinned = "images:\n- name: web\n  newTag: v1\n  digest: " + digest_text + "\n- name: untagged\n";
  CHECK(fixture.pinned(pinned, TagForm::keep, name) == pinned);
}

TEST_CASE("what a Kustomization sets is not asked for in the resources") {
  Fixture fixture;
  fixture.write("kustomization.yaml",
                "images:\n- name: missing\n  newName: registry.example/web\n  newTag: v1\n");
  fixture.write("pod.yaml", pod("  containers:\n  - image: missing\n"));
  const auto report = fixture.pin();
  CHECK(fields_of(report, State::template_) == std::vector<std::string>{"spec.containers[0].image"});
  CHECK(report.all_pinned() == false);  // the tag in the Kustomization was not pinned before this run
  CHECK(fixture.pin(PinMode::check).all_pinned());
}

TEST_CASE("a second run changes nothing and asks for nothing") {
  Fixture fixture;
  const auto path = fixture.write("m.yaml", pod("  containers:\n  - image: web:1\n  - image: web:1\n"));
  CHECK(fixture.pin().changed_files == std::vector<std::filesystem::path>{path});
  CHECK(fixture.requests.begin()->second == 1);
  const auto text = fixture.read("m.yaml");
  const auto time = std::filesystem::last_write_time(path);
  CHECK(fixture.pin().changed_files.empty());
  CHECK(fixture.read("m.yaml") == text);
  CHECK(std::filesystem::last_write_time(path) == time);
  CHECK(fixture.requests.begin()->second == 1);
}

TEST_CASE("the tag can be dropped, also behind a scheme and a port, and from what is pinned") {
  Fixture fixture;
  CHECK(fixture.pinned(pod("  containers: [{image: registry.example:5000/web}, {image: 'web:1'}]\n"),
                       TagForm::drop) ==
        expanded(pod("  containers: [{image: registry.example:5000/web%}, {image: 'web%'}]\n")));
  CHECK(fixture.pinned(expanded(pod("  containers: [{image: host:5000/web:1%}]\n")), TagForm::drop) ==
        expanded(pod("  containers: [{image: host:5000/web%}]\n")));
}

TEST_CASE("templates, ignored lines and aliases are left and listed") {
  Fixture fixture;
  const std::string text = pod(R"(  containers:
  - image: $(params.image)
  - image: "{{inputs.parameters.image}}:1"
  - image: {{ .Values.image }}
  - image: registry.example/${TAG}
  - image: missing/web:1  # pin: ignore
  - image: ko://example.com/app
)");
  fixture.write("m.yaml", text);
  const auto report = fixture.pin();
  CHECK(fixture.read("m.yaml") == text);
  CHECK(report.in_state(State::template_).size() == 5);
  CHECK(report.in_state(State::ignored).size() == 1);
  CHECK(report.all_pinned());
}

TEST_CASE("an anchored image is pinned once, where it stands") {
  Fixture fixture;
  CHECK(fixture.pinned(pod("  containers:\n  - image: &i web:1\n  - image: *i\n")) ==
        expanded(pod("  containers:\n  - image: &i web:1%\n  - image: *i\n")));
  // A container that is written elsewhere and used here.
  CHECK(fixture.pinned("apiVersion: v1\nkind: Pod\nx: &c {image: web:1}\nspec:\n  containers:\n  - *c\n") ==
        expanded("apiVersion: v1\nkind: Pod\nx: &c {image: web:1%}\nspec:\n  containers:\n  - *c\n"));
  CHECK(
      fixture.pinned("apiVersion: v1\nkind: Pod\nx: &c {image: web:1}\nspec:\n  containers:\n  - <<: *c\n") ==
      expanded("apiVersion: v1\nkind: Pod\nx: &c {image: web:1%}\nspec:\n  containers:\n  - <<: *c\n"));
  const std::string text = "apiVersion: v1\nkind: Pod\nx: &i web:1\nspec:\n  containers:\n  - image: *i\n";
  CHECK(fixture.pinned(text) == text);
  CHECK(fixture.pin(PinMode::check).in_state(State::left).size() == 1);
  CHECK_FALSE(fixture.pin(PinMode::check).all_pinned());
}

TEST_CASE("aliases of aliases do not multiply the work") {
  std::string bomb = "apiVersion: v1\nkind: Pod\nx0: &x0 [{image: web:1}]\n";
  for (int i = 1; i < 40; ++i) {
    const auto inner = "*x" + std::to_string(i - 1);
    bomb += "x" + std::to_string(i) + ": &x" + std::to_string(i) + " [" + inner + ", " + inner + "]\n";
  }
  Fixture fixture;
  fixture.write("m.yaml", bomb + "spec: {containers: *x39}\n");
  CHECK(fixture.pin().in_state(State::changed).size() == 1);
}

TEST_CASE("a Helm template that is no YAML is listed; other broken YAML fails the run") {
  Fixture fixture;
  fixture.write("template.yaml", "{{- if .Values.x }}\nkind: Pod\n{{- end }}\n");
  CHECK(fixture.pin().in_state(State::template_).size() == 1);
  fixture.write("broken.yaml", "kind: [Pod\nx: 1\n");
  try {
    fixture.pin();
    FAIL("no error");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::input);
    CHECK(error.message().find("broken.yaml:2:") != std::string::npos);
  }
}

TEST_CASE("one failed look-up leaves every file") {
  Fixture fixture;
  const auto text = pod("  containers: [{image: web:1}]\n");
  fixture.write("a.yaml", text);
  fixture.write("b.yaml", pod("  containers:\n  - image: missing/web:1\n"));
  try {
    fixture.pin();
    FAIL("no error");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::precondition);
    CHECK(error.message().find("b.yaml:5:12: missing/web:1: no such image") != std::string::npos);
  }
  CHECK(fixture.read("a.yaml") == text);
}

TEST_CASE("a malformed reference names its place") {
  Fixture fixture;
  fixture.write("a.yaml", pod("  containers:\n  - image: Upper/Case:1\n"));
  try {
    fixture.pin();
    FAIL("no error");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::input);
    CHECK(error.message().find("a.yaml:5:12: spec.containers[0].image: ") != std::string::npos);
  }
}

TEST_CASE("check looks nothing up, plan writes nothing") {
  Fixture fixture;
  const auto text = pod("  containers: [{image: web:1}]\n");
  fixture.write("a.yaml", text);
  const auto checked = fixture.pin(PinMode::check);
  CHECK_FALSE(checked.all_pinned());
  CHECK(checked.diff.empty());
  CHECK(fixture.requests.empty());
  const auto planned = fixture.pin(PinMode::plan);
  CHECK(planned.diff.find("+  containers: [{image: web:1@" + digest_text + "}]\n") != std::string::npos);
  CHECK(fixture.read("a.yaml") == text);
}

TEST_CASE("paths are files, directories and globs; each file is pinned once") {
  Fixture fixture;
  const auto text = pod("  containers: [{image: web:1}]\n");
  const auto a = fixture.write("a.yaml", text);
  const auto b = fixture.write("sub/b.yml", text);
  fixture.write(".git/c.yaml", text);
  fixture.write("notes.txt", text);
  std::filesystem::create_symlink(a, fixture.directory.path() / "link.yaml");
  const auto root = fixture.directory.path().string();
  const auto found = [](const std::vector<std::string>& paths) {
    return pin({paths, TagForm::keep, PinMode::check}, {}).references.size();
  };
  CHECK(found({root}) == 2);
  CHECK(found({root, a.string(), root + "/*.yaml"}) == 2);
  CHECK(found({root + "/s*"}) == 1);
  CHECK(found({root + "/notes.txt"}) == 1);
  CHECK_THROWS_AS(found({root + "/none.yaml"}), base::Error);
  CHECK_THROWS_AS(found({root + "/none*.yaml"}), base::Error);
  CHECK_THROWS_AS(found({root + "/.git/none"}), base::Error);
  fixture.pin();
  CHECK(std::filesystem::is_symlink(fixture.directory.path() / "link.yaml"));
  CHECK(fixture.read("a.yaml") == expanded(pod("  containers: [{image: web:1%}]\n")));
  CHECK(fixture.read("sub/b.yml") == fixture.read("a.yaml"));
}

TEST_CASE("the mode of a file survives") {
  Fixture fixture;
  const auto path = fixture.write("a.yaml", pod("  containers: [{image: web:1}]\n"));
  std::filesystem::permissions(path, std::filesystem::perms(0640));
  fixture.pin();
  CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms(0640));
}

TEST_CASE("a unified diff shows changed and added lines with context") {
  CHECK(unified_diff("f", "same\n", "same\n").empty());
  CHECK(unified_diff("f", "1\n2\n3\n4\n5\n6\n", "1\n2\n3\n4\nfive\n6\n") ==
        "--- a/f\n+++ b/f\n@@ -2,5 +2,5 @@\n 2\n 3\n 4\n-5\n+five\n 6\n");
  CHECK(unified_diff("f", "a", "b") ==
        "--- a/f\n+++ b/f\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of "
        "file\n");
  CHECK(unified_diff("f", "a\n", "a\nb\n") == "--- a/f\n+++ b/f\n@@ -1,1 +1,2 @@\n a\n+b\n");
  const std::string apart = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
  const auto hunks = unified_diff("f", "a\n" + apart + "z\n", "b\n" + apart + "y\n");
  CHECK(hunks ==
        "--- a/f\n+++ b/f\n@@ -1,4 +1,4 @@\n-a\n+b\n 1\n 2\n 3\n@@ -8,4 +8,4 @@\n 7\n 8\n 9\n-z\n+y\n");
}
