"""build-pin-digest --pin: digests into manifests, against a real registry."""
import re
import subprocess

import pytest

from support.faulty_proxy import Answer, Rule, faulty_proxy
from support.mlsteps import kill_at_rename, run, succeeded
from support.registries import olareg

STEP = "build-pin-digest"


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    directory = tmp_path_factory.mktemp("registry")
    with olareg(directory / "olareg") as registry:
        for name in ("app", "model", "task"):
            model = directory / name
            model.mkdir()
            (model / "content").write_text(name)
            result = succeeded(run(STEP, "--image", f"{registry}/team/{name}:v1", "--model", model))
            setattr(registry, name, result.results["IMAGE_DIGEST"])
        yield registry


def manifests(registry):
    """Name to text before and after pinning; everything that people write around a reference is in there."""
    files = {
        "deployment.yaml": f"""# Copyright
apiVersion: apps/v1
kind: Deployment
metadata: {{name: app}}   # flow

spec:
    template:
        spec:
            containers:
            -   name: app
                image: "{registry}/team/app:v1"   # keep me
            -   image: '{registry}/team/app:v1'
                name: second
            -   image: {registry}/team/app:v1@{registry.app}
""",
        "serving/isvc.yml": f"""\ufeffapiVersion: serving.kserve.io/v1beta1\r
kind: InferenceService\r
spec: {{predictor: {{model: {{modelFormat: {{name: sklearn}}, storageUri: 'oci://{registry}/team/model:v1'}}}}}}\r
""",
        "serving/kustomization.yaml": f"""images:
- name: web
  newName: {registry}/team/app
  newTag: v1   # the release
""",
        "tekton/run.yaml": f"""apiVersion: tekton.dev/v1
kind: PipelineRun
spec:
  pipelineSpec:
    tasks:
    - name: a
      taskRef:
        resolver: bundles
        params: [{{name: bundle, value: {registry}/team/task:v1}}, {{name: name, value: a}}]
    - name: b
      taskSpec: {{steps: [{{image: $(params.image)}}]}}
""",
        "argo.yaml": f"""apiVersion: argoproj.io/v1alpha1
kind: Workflow
spec:
  templates:
  - container: {{image: "{{{{inputs.parameters.image}}}}"}}
  - script:
      image: {registry}/team/app:v1
      source: |
        docker run {registry}/team/app:v1
  - container: {{image: "{registry}/none/ignored:v1"}}  # pin: ignore
""",
    }
    after = dict(files)
    for name in files:
        pins = {"app": registry.app, "model": registry.model, "task": registry.task}
        for image, digest in pins.items():
            after[name] = re.sub(rf"(/team/{image}:v1)(?!@)(?!\n  - container)", rf"\1@{digest}", after[name])
    # Not in a script, which is not a reference field.
    after["argo.yaml"] = after["argo.yaml"].replace(f"docker run {registry}/team/app:v1@{registry.app}",
                                                    f"docker run {registry}/team/app:v1")
    after["serving/kustomization.yaml"] = files["serving/kustomization.yaml"] + f"  digest: {registry.app}\n"
    return files, after


def write(directory, files):
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(text.encode())
    return directory


def read(directory):
    return {str(p.relative_to(directory)): p.read_bytes().decode() for p in sorted(directory.rglob("*")) if p.is_file()}


def test_a_tree_is_pinned_to_the_byte_and_once(registry, tmp_path):
    before, after = manifests(registry)
    write(tmp_path, before)
    result = succeeded(run(STEP, "--pin", tmp_path))
    assert read(tmp_path) == dict(sorted(after.items()))
    assert result.results["pinned-count"] == "6"
    assert "$(params.image)" in result.err and "inputs.parameters.image" in result.err
    times = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")}
    again = succeeded(run(STEP, "--pin", tmp_path))
    assert again.results["pinned-count"] == "0"
    assert {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")} == times


def test_each_distinct_reference_is_asked_for_once(registry, tmp_path):
    with faulty_proxy(registry) as proxy:
        write(tmp_path, {f"{n}.yaml": f"apiVersion: v1\nkind: Pod\nspec: {{containers: [{{image: {proxy}/team/app:v1}}]}}\n"
                         for n in range(20)})
        succeeded(run(STEP, "--pin", tmp_path))
        assert proxy.count("HEAD|GET", "/manifests/v1") == 1
    assert all(f"/team/app:v1@{registry.app}" in text for text in read(tmp_path).values())


def test_check_says_no_offline_and_yes_when_all_is_pinned(registry, tmp_path):
    before, after = manifests(registry)
    write(tmp_path, before)
    with faulty_proxy(registry) as proxy:
        write(tmp_path, {"proxied.yaml": f"apiVersion: v1\nkind: Pod\nspec: {{containers: [{{image: {proxy}/team/app:v1}}]}}\n"})
        result = run(STEP, "--pin", tmp_path, "--check")
        assert result.code == 10
        assert "deployment.yaml:11:24: " in result.err
        assert proxy.requests == []
    (tmp_path / "proxied.yaml").unlink()
    assert read(tmp_path) == dict(sorted(before.items()))
    write(tmp_path, after)
    succeeded(run(STEP, "--pin", tmp_path, "--check"))


def test_the_diff_is_one_that_patch_takes(registry, tmp_path):
    before, after = manifests(registry)
    write(tmp_path / "tree", before)
    result = succeeded(run(STEP, "--pin", "tree", "--diff", cwd=tmp_path))
    assert read(tmp_path / "tree") == dict(sorted(before.items()))
    subprocess.run(["git", "apply", "--whitespace=nowarn"], cwd=tmp_path, input=result.out.encode(), check=True)
    assert read(tmp_path / "tree") == dict(sorted(after.items()))


def test_dry_run_changes_nothing(registry, tmp_path):
    before, _ = manifests(registry)
    write(tmp_path, before)
    result = succeeded(run(STEP, "--pin", tmp_path, "--dry-run"))
    assert read(tmp_path) == dict(sorted(before.items()))
    assert registry.app in result.err


def test_the_tag_can_be_dropped(registry, tmp_path):
    write(tmp_path, {"pod.yaml": f"apiVersion: v1\nkind: Pod\nspec: {{containers: [{{image: {registry}/team/app:v1}}]}}\n"})
    succeeded(run(STEP, "--pin", tmp_path, "--drop-tag"))
    assert f"image: {registry}/team/app@{registry.app}}}" in read(tmp_path)["pod.yaml"]


POD = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: {}\n"


@pytest.mark.parametrize("image, code, words", [
    ("{registry}/team/none:v1", 4, "b.yaml:5:12: "),
    ("{registry}/team/app:none", 4, "team/app:none"),
    ("{registry}/Team/app:v1", 3, "b.yaml:5:12: spec.containers[0].image: "),
])
def test_one_failed_reference_leaves_every_file(registry, tmp_path, image, code, words):
    files = {"a.yaml": POD.format(f"{registry}/team/app:v1"), "b.yaml": POD.format(image.format(registry=registry))}
    write(tmp_path, files)
    result = run(STEP, "--pin", tmp_path)
    assert result.code == code, result.err
    assert words in result.err
    assert read(tmp_path) == files


def test_a_registry_that_fails_leaves_every_file(registry, tmp_path):
    with faulty_proxy(registry, Rule("HEAD|GET", "/model/manifests/", Answer(401))) as proxy:
        files = {"a.yaml": POD.format(f"{proxy}/team/app:v1"), "b.yaml": POD.format(f"{proxy}/team/model:v1")}
        write(tmp_path, files)
        result = run(STEP, "--pin", tmp_path)
        assert result.code == 4, result.err
        assert "401" in result.err or "credentials" in result.err
        assert read(tmp_path) == files


@pytest.mark.parametrize("text, words", [
    (b"kind: [Pod\nx: 1\n", "broken.yaml:2:"),
    (b"kind: Pod\n\tx: 1\n", "broken.yaml:2:"),
    ("kind: Pod\n".encode("utf-16"), "iconv"),
    (b"kind: \xff\n", "broken.yaml: not valid UTF-8"),
])
def test_a_file_that_does_not_parse_is_named(tmp_path, text, words):
    (tmp_path / "broken.yaml").write_bytes(text)
    result = run(STEP, "--pin", tmp_path)
    assert result.code == 3, result.err
    assert words in result.err


@pytest.mark.parametrize("path", ["none.yaml", "none*.yaml", "."])
def test_a_path_that_names_nothing_is_said(tmp_path, path):
    result = run(STEP, "--pin", path, cwd=tmp_path)
    assert result.code == 4
    assert "expected" in result.err


def test_killed_at_every_rename_each_file_is_old_or_new(registry, tmp_path):
    before, after = manifests(registry)
    for n in range(1, 60):
        directory = write(tmp_path / str(n), before)
        result = run(STEP, "--pin", directory, prefix=kill_at_rename(n))
        now = read(directory)
        for name in before:
            assert now[name] in (before[name], after[name]), name
        succeeded(run(STEP, "--pin", directory))
        assert {k: v for k, v in read(directory).items() if k in after} == after
        if result.code == 0:
            break
    assert n > len(before)


def test_a_file_that_cannot_be_written_leaves_every_file(registry, tmp_path):
    files = {"a/a.yaml": POD.format(f"{registry}/team/app:v1"), "b/b.yaml": POD.format(f"{registry}/team/app:v1")}
    write(tmp_path, files)
    # A read-only mount would need rights that not everyone has; too long a name for the temporary file does the same.
    long_name = "b/" + "n" * 250 + ".yaml"
    (tmp_path / "b/b.yaml").rename(tmp_path / long_name)
    result = run(STEP, "--pin", tmp_path)
    assert result.code == 4, result.err
    assert read(tmp_path) == {"a/a.yaml": files["a/a.yaml"], long_name: files["b/b.yaml"]}
