"""build-pin-digest signs and pins: how the step uses the libraries, which have tests of their own."""
import json
import os
import subprocess

import pytest

from support.image_layout import STEP, build, fails, layout, model, step, write  # noqa: F401
from support.mlsteps import executable, succeeded

PASSWORD = {"COSIGN_PASSWORD": "test"}


@pytest.fixture
def key(tmp_path):
    succeeded(step("--generate-key-pair", tmp_path / "cosign", env=PASSWORD))
    return tmp_path / "cosign.key"


def test_a_key_pair_is_made_once(key):
    assert key.stat().st_mode & 0o777 == 0o600
    assert "ENCRYPTED SIGSTORE PRIVATE KEY" in key.read_text()
    before = key.read_bytes()
    fails(4, "cosign.key", args=["--generate-key-pair", key.with_suffix("")], env=PASSWORD)
    assert key.read_bytes() == before
    unset = {k: v for k, v in os.environ.items() if k != "COSIGN_PASSWORD"}
    done = subprocess.run([executable(STEP), "--generate-key-pair", str(key.parent / "other")], env=unset, capture_output=True, check=False)
    assert done.returncode == 4 and b"COSIGN_PASSWORD is not set" in done.stderr


def test_an_image_is_signed_in_both_forms_once(model, layout, key):
    digest = build(layout, "--model", model, "--sign-key", key, env=PASSWORD)
    layout.check()
    index = layout.index()
    assert f"sha256-{digest.split(':')[1]}.sig" in layout.tags()
    referrers = [json.loads(layout.blob(m["digest"])) for m in index["manifests"]]
    assert [r["subject"]["digest"] for r in referrers if "subject" in r] == [digest]
    assert build(layout, "--model", model, "--sign-key", key, env=PASSWORD) == digest
    assert layout.index() == index


def test_bad_keys(model, layout, key, tmp_path):
    build(layout, "--model", model)
    args = ["--image", f"oci:{layout.directory}:v1", "--sign-key"]
    fails(4, "password", args=[*args, key], env={"COSIGN_PASSWORD": "wrong"})
    fails(3, "cosign.pub", args=[*args, key.with_suffix(".pub")], env=PASSWORD)
    fails(3, "garbage", args=[*args, write(tmp_path / "garbage", "not a key")], env=PASSWORD)
    assert list(layout.tags()) == ["v1"]
    secret = fails(4, args=[*args, key], env={"COSIGN_PASSWORD": "hunter2hunter2"})
    assert "hunter2hunter2" not in secret.err + secret.out


def test_a_model_is_signed_and_a_good_signature_stays(model, key, tmp_path):
    bundle = tmp_path / "model.sig"
    args = ["--sign-model", model, "--model-bundle", bundle, "--sign-key", key]
    succeeded(step(*args, "--dry-run", env=PASSWORD))
    assert not bundle.exists()
    succeeded(step(*args, env=PASSWORD))
    first = bundle.read_bytes()
    assert "already" in succeeded(step(*args, env=PASSWORD)).err
    assert bundle.read_bytes() == first
    write(model / "MLmodel", "changed")
    succeeded(step(*args, env=PASSWORD))
    assert bundle.read_bytes() != first


# Pinning: the engine has tests of its own; here is how the step uses it


def deployment(path, image):
    return write(path, f"apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\nspec:\n  containers:\n    - name: c\n      image: {image}  # kept\n")


def test_the_image_of_this_run_is_pinned_without_a_look_up(model, tmp_path):
    manifest = deployment(tmp_path / "pod.yaml", "registry.invalid/team/app:v1")
    common = ["--image", "registry.invalid/team/app:v1", "--model", model, "--pin", manifest]
    before = manifest.read_text()
    result = succeeded(step(*common, "--dry-run", "--diff"))
    digest = result.results["IMAGE_DIGEST"]
    assert result.results["pinned-count"] == "1"
    assert result.results["IMAGE_REF"] == f"registry.invalid/team/app@{digest}"
    assert f"+      image: registry.invalid/team/app:v1@{digest}  # kept" in result.out
    assert manifest.read_text() == before


def test_check_says_no_and_changes_nothing(tmp_path):
    manifest = deployment(tmp_path / "pod.yaml", "registry.invalid/team/app:v1")
    before = manifest.read_text()
    fails(10, "pod.yaml:8:", "has no digest", "not every image is pinned", args=["--pin", manifest, "--check"])
    assert step("--pin", manifest, "--check", "--on-reject", "report").code == 0
    assert manifest.read_text() == before
    pinned = deployment(tmp_path / "pinned.yaml", "registry.invalid/team/app:v1@sha256:" + "a" * 64)
    assert step("--pin", pinned, "--check").code == 0


def test_a_failed_look_up_leaves_every_file_as_it_was(tmp_path, layout, model):
    build(layout, "--model", model)
    good = deployment(tmp_path / "manifests/a.yaml", "registry.invalid/other:v1")
    bad = write(tmp_path / "manifests/b.yaml", "a: [\n")
    before = good.read_text(), bad.read_text()
    fails(3, "b.yaml", args=["--pin", tmp_path / "manifests"])
    assert (good.read_text(), bad.read_text()) == before
