"""Images that build-pin-digest makes, in real registries, as other programs see them."""
import hashlib
import io
import json
import subprocess
import tarfile
import time

import pytest

from support.faulty_proxy import AlterBody, AlterHeaders, Answer, Reset, Rule, Stall, Truncate, faulty_proxy
from support.mlsteps import CACHE, executable, run, succeeded
from support.registries import PASSWORD, USER, docker_config, docker_registry, htpasswd_registry, olareg, token_registry

CRANE = CACHE / "go" / "crane" / "crane"
COSIGN = CACHE / "go" / "cosign3" / "cosign"
STEP = "build-pin-digest"


def crane(*args, **kwargs):
    done = subprocess.run([str(CRANE), *map(str, args)], capture_output=True, check=False, **kwargs)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.fixture(params=["olareg", "docker-registry"])
def registry(request, tmp_path):
    with (olareg if request.param == "olareg" else docker_registry)(tmp_path / "registry") as running:
        yield running


@pytest.fixture
def model(tmp_path):
    directory = tmp_path / "model"
    (directory / "data").mkdir(parents=True)
    (directory / "MLmodel").write_text("flavors: {}\n")
    (directory / "data/weights.bin").write_bytes(bytes(range(256)) * 4000)
    return directory


@pytest.fixture
def app(tmp_path):
    directory = tmp_path / "app"
    directory.mkdir()
    (directory / "serve").write_text("#!/bin/sh\n")
    (directory / "serve").chmod(0o755)
    return directory


def step(*args, **kwargs):
    return run(STEP, *args, **kwargs)


def build(*args, **kwargs):
    return succeeded(step(*args, **kwargs)).results["IMAGE_DIGEST"]


def exported(image):
    """The files of the image's file system, as crane flattens it."""
    with tarfile.open(fileobj=io.BytesIO(crane("export", image, "-"))) as archive:
        return {m.name: archive.extractfile(m).read() for m in archive if m.isfile()}


def changes(proxy):
    return [(method, path) for method, path in proxy.requests if method not in ("GET", "HEAD")]


# What other programs find


def test_crane_validates_and_pulls_a_compressed_image(registry, app, model, tmp_path):
    image = f"{registry}/team/app:v1"
    digest = build("--image", image, "--layer", f"{app}:/opt/app", "--model", model, "--compression", "gzip", "--entrypoint", "/opt/app/serve")
    crane("validate", "--remote", image)
    assert crane("digest", image).decode().strip() == digest
    assert json.loads(crane("config", image))["config"]["Entrypoint"] == ["/opt/app/serve"]
    crane("pull", image, tmp_path / "pulled.tar")
    crane("validate", "--tarball", tmp_path / "pulled.tar")
    assert exported(image)["models/data/weights.bin"] == bytes(range(256)) * 4000


def test_crane_reads_a_plain_model(registry, model):
    """crane validate takes every layer for gzip; the other commands read plain ones, as containerd and KServe do."""
    image = f"{registry}/team/model:v1"
    digest = build("--image", image, "--model", model)
    crane("validate", "--fast", "--remote", image)
    manifest = crane("manifest", image)
    assert "sha256:" + hashlib.sha256(manifest).hexdigest() == digest
    assert [d["mediaType"] for d in json.loads(manifest)["layers"]] == ["application/vnd.oci.image.layer.v1.tar"]
    assert exported(image) == {"models/MLmodel": b"flavors: {}\n", "models/data/weights.bin": bytes(range(256)) * 4000}


def test_a_layout_and_a_registry_hold_the_same_image(registry, model, app, tmp_path):
    common = ["--model", model, "--layer", f"{app}:/opt/app"]
    digest = build("--image", f"oci:{tmp_path}/layout:v1", *common)
    crane("push", tmp_path / "layout", f"{registry}/pushed/by-crane:v1")
    assert crane("digest", f"{registry}/pushed/by-crane:v1").decode().strip() == digest
    assert build("--image", f"{registry}/team/app:v1", *common) == digest


def test_what_is_there_is_not_sent_again(registry, app, model):
    with faulty_proxy(registry) as proxy:
        common = ["--layer", f"{app}:/opt/app", "--model", model]
        digest = build("--image", f"{proxy}/team/app:v1", *common)
        assert proxy.count("PUT", "/blobs/uploads/") == 3

        proxy.requests.clear()
        assert build("--image", f"{proxy}/team/app:v1", *common) == digest
        assert changes(proxy) == []

        assert build("--image", f"{proxy}/team/app:v2", *common) == digest
        assert [path.split("/")[-2] for _, path in changes(proxy)] == ["manifests"]

        proxy.requests.clear()
        (app / "serve").write_text("#!/bin/sh\nexit 1\n")
        build("--image", f"{proxy}/team/app:v3", *common)
        assert proxy.count("PUT", "/blobs/uploads/") == 2  # the layer of the app and the configuration


def test_image_alone_resolves_without_reading_the_manifest(registry, model):
    digest = build("--image", f"{registry}/team/app:v1", "--model", model)
    with faulty_proxy(registry) as proxy:
        assert build("--image", f"{proxy}/team/app:v1") == digest
        assert proxy.count("GET", "/manifests/") == 0
    result = step("--image", f"{registry}/team/app:v9")
    assert result.code == 4 and "no such image" in result.err


# Bases


def test_a_base_that_crane_made_in_dockers_form(registry, app, model, tmp_path):
    with tarfile.open(tmp_path / "layer.tar", "w") as archive:
        archive.add(app / "serve", "base/serve")
    crane("append", "--new_layer", tmp_path / "layer.tar", "--new_tag", f"{registry}/base/docker:1")
    base = json.loads(crane("manifest", f"{registry}/base/docker:1"))
    assert base["mediaType"] == "application/vnd.docker.distribution.manifest.v2+json"
    image = f"{registry}/team/app:v1"
    result = succeeded(step("--image", image, "--base", f"{registry}/base/docker:1", "--layer", f"{app}:/opt"))
    crane("validate", "--remote", image)
    manifest = json.loads(crane("manifest", image))
    assert manifest["layers"][0]["digest"] == base["layers"][0]["digest"]
    base_digest = crane("digest", f"{registry}/base/docker:1").decode().strip()
    assert manifest["annotations"] == {"org.opencontainers.image.base.name": f"{registry}/base/docker:1",
                                       "org.opencontainers.image.base.digest": base_digest}
    assert result.results["BASE_IMAGE_REF"] == f"{registry}/base/docker@{base_digest}"
    assert set(exported(image)) == {"base/serve", "opt/serve"}


def test_a_base_of_another_registry_is_copied(registry, app, model, tmp_path):
    with open(app / "large", "wb") as large:
        large.truncate(40 << 20)
    with docker_registry(tmp_path / "other") as other:
        base_digest = build("--image", f"{other}/base/app:1", "--layer", f"{app}:/opt", "--compression", "none")
        image = f"{registry}/team/app:v1"
        build("--image", image, "--base", f"{other}/base/app:1", "--model", model)
        crane("validate", "--fast", "--remote", image)
        assert len(exported(image)["opt/large"]) == 40 << 20
        by_digest = f"{other}/base/app@{base_digest}"
        build("--image", f"{registry}/team/app:v2", "--base", by_digest, "--model", model)
        assert json.loads(crane("manifest", f"{registry}/team/app:v2"))["annotations"]["org.opencontainers.image.base.name"] == by_digest


def test_a_base_that_breaks_off_while_it_is_copied(registry, app, model, tmp_path):
    (app / "noise").write_bytes(bytes((i * 7919) >> 5 & 255 for i in range(3 << 20)))
    with docker_registry(tmp_path / "other") as other:
        build("--image", f"{other}/base/app:1", "--layer", f"{app}:/opt", "--compression", "none")
        with faulty_proxy(other, Rule("GET", "/blobs/", Truncate(1 << 20), times=[2, 3])) as proxy:
            image = f"{registry}/team/app:v1"
            build("--image", image, "--base", f"{proxy}/base/app:1", "--model", model)
            assert proxy.count("GET", "/blobs/") >= 4
        assert exported(image)["opt/noise"] == (app / "noise").read_bytes()


def test_an_index_that_crane_made(registry, app, model):
    for architecture in ("amd64", "arm64"):
        build("--image", f"{registry}/base/app:{architecture}", "--layer", f"{app}:/opt", "--platform", f"linux/{architecture}")
    crane("index", "append", "-m", f"{registry}/base/app:amd64", "-m", f"{registry}/base/app:arm64", "-t", f"{registry}/base/app:all")
    image = f"{registry}/team/app:v1"
    build("--image", image, "--base", f"{registry}/base/app:all", "--platform", "linux/arm64", "--model", model)
    assert json.loads(crane("config", image))["architecture"] == "arm64"
    assert build("--image", f"{registry}/base/app:all") == crane("digest", f"{registry}/base/app:all").decode().strip()


# The whole step in one command


def test_build_sign_and_pin_at_once(registry, model, tmp_path):
    environment = {"COSIGN_PASSWORD": "test"}
    succeeded(step("--generate-key-pair", tmp_path / "cosign", env=environment))
    pod = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - image: {}   # serves\n"
    with faulty_proxy(registry) as proxy:
        image = f"{proxy}/team/app:v1"
        (tmp_path / "pod.yaml").write_text(pod.format(image))
        arguments = ["--image", image, "--model", model, "--sign-key", tmp_path / "cosign.key", "--pin", tmp_path / "pod.yaml"]
        result = succeeded(step(*arguments, env=environment))
        digest = result.results["IMAGE_DIGEST"]
        assert (tmp_path / "pod.yaml").read_text() == pod.format(f"{image}@{digest}")
        assert result.results["pinned-count"] == "1"
        verify = [str(COSIGN), "verify", "--key", str(tmp_path / "cosign.pub"), "--insecure-ignore-tlog", f"{proxy}/team/app@{digest}"]
        done = subprocess.run(verify, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()

        proxy.requests.clear()  # again: nothing is written anywhere
        result = succeeded(step(*arguments, env=environment))
        assert (result.results["IMAGE_DIGEST"], result.results["pinned-count"]) == (digest, "0")
        assert changes(proxy) == []


def test_pinning_asks_the_registry_once_for_each_reference(registry, model, tmp_path):
    digest = build("--image", f"{registry}/team/app:v1", "--model", model)
    with faulty_proxy(registry) as proxy:
        image = f"{proxy}/team/app:v1"
        for name in ("a", "b", "c"):
            (tmp_path / f"{name}.yaml").write_text(f"apiVersion: v1\nkind: Pod\nspec: {{containers: [{{image: '{image}'}}]}}\n")
        succeeded(step("--pin", tmp_path / "a.yaml", "--pin", tmp_path / "b.yaml", "--pin", tmp_path / "c.yaml"))
        assert proxy.count("GET|HEAD", "/manifests/") == 1
    for name in ("a", "b", "c"):
        assert f"'{image}@{digest}'" in (tmp_path / f"{name}.yaml").read_text()

    (tmp_path / "d.yaml").write_text(f"apiVersion: v1\nkind: Pod\nspec: {{containers: [{{image: '{registry}/team/app:none'}}]}}\n")
    result = step("--pin", tmp_path / "d.yaml")
    assert result.code == 4 and "team/app:none" in result.err
    assert f"'{registry}/team/app:none'" in (tmp_path / "d.yaml").read_text()


# Credentials


@pytest.mark.parametrize("kind", [htpasswd_registry, token_registry])
def test_credentials(kind, model, tmp_path):
    with kind(tmp_path / "registry") as registry:
        image = f"{registry}/team/app:v1"
        good = docker_config(tmp_path / "good", (str(registry), USER, PASSWORD))
        wrong = docker_config(tmp_path / "wrong", (str(registry), USER, "hunter2hunter2"))
        none = {"DOCKER_CONFIG": str(tmp_path / "none")}
        for environment in (none, wrong):
            refused = step("--image", image, "--model", model, env=environment)
            assert refused.code == 4, refused.err
            assert str(registry) in refused.err
            assert "hunter2" not in refused.err + refused.out
        digest = build("--image", image, "--model", model, env=good)
        assert build("--image", image, env=good) == digest
        if kind is htpasswd_registry:  # crane takes no tokens from a loopback address
            assert crane("digest", image, env={**good, "PATH": "/usr/bin:/bin"}).decode().strip() == digest


# Faults


@pytest.fixture
def open_registry(tmp_path):
    with olareg(tmp_path / "registry") as running:
        yield running


@pytest.mark.parametrize("rule, code, words", [
    (Rule("HEAD|GET", "/manifests/", Answer(404)), 4, ["no such image"]),
    (Rule("HEAD|GET", "/manifests/", Answer(403, body=b'{"errors":[{"code":"DENIED","message":"not for you"}]}')), 4, ["403"]),
    (Rule("HEAD|GET", "/manifests/", Answer(503, {"Retry-After": "0"})), 5, ["503", "tried 8 times"]),
    (Rule("GET", "/manifests/", AlterBody(30)), 3, ["sha256:"]),
    (Rule("GET", "/blobs/", AlterBody(5)), 3, ["sha256:"]),
    (Rule("GET", "/manifests/", Answer(200, {"Content-Type": "text/html"}, b"<html>log in</html>")), 3, ["does not have its digest"]),
])
def test_a_base_from_a_faulty_registry(rule, code, words, open_registry, model, tmp_path):
    digest = build("--image", f"{open_registry}/base/app:1", "--model", model)
    with faulty_proxy(open_registry, rule) as proxy:
        result = step("--image", f"oci:{tmp_path}/never:v1", "--base", f"{proxy}/base/app@{digest}", "--env", "A=B")
        assert result.code == code, result.err
        for word in [*words, str(proxy)]:
            assert word in result.err, result.err
    assert not (tmp_path / "never/index.json").exists()


@pytest.mark.parametrize("rule", [
    Rule("HEAD|GET|PUT|POST", ".", Answer(429, {"Retry-After": "1"}), times=[2, 4]),
    Rule("PUT|PATCH", "/blobs/uploads/", Reset(after=100_000), times=[1]),
    Rule("PUT|PATCH", "/blobs/uploads/", Answer(500), times=[1, 2]),
    Rule("PUT", "/manifests/", Answer(503), times=[1]),
])
def test_a_push_survives_what_passes(rule, open_registry, model):
    with faulty_proxy(open_registry, rule) as proxy:
        digest = build("--image", f"{proxy}/team/app:v1", "--model", model)
        assert rule.matched >= 2
    assert crane("digest", f"{open_registry}/team/app:v1").decode().strip() == digest
    assert exported(f"{open_registry}/team/app:v1")["models/MLmodel"] == b"flavors: {}\n"


def test_a_registry_that_answers_with_another_digest(open_registry, model):
    lie = AlterHeaders({"Docker-Content-Digest": "sha256:" + "0" * 64})
    with faulty_proxy(open_registry, Rule("PUT", "/manifests/", lie)) as proxy:
        result = step("--image", f"{proxy}/team/app:v1", "--model", model)
    assert result.code == 3 and "sha256:" + "0" * 64 in result.err, result.err


def test_killed_before_the_manifest_and_run_again(open_registry, model):
    with faulty_proxy(open_registry, Rule("PUT", "/manifests/", Stall(), times=[1])) as proxy:
        killed = subprocess.Popen([executable(STEP), "--image", f"{proxy}/team/app:v1", "--model", str(model)],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while proxy.count("PUT", "/manifests/") == 0 and time.monotonic() < deadline:
            time.sleep(0.02)
        killed.kill()
        killed.wait()
        assert step("--image", f"{open_registry}/team/app:v1").code == 4
        proxy.requests.clear()
        digest = build("--image", f"{proxy}/team/app:v1", "--model", model)
        assert proxy.count("PUT", "/blobs/uploads/") == 0
    assert crane("digest", f"{open_registry}/team/app:v1").decode().strip() == digest


def test_sigterm_while_a_layer_is_sent(open_registry, model):
    with faulty_proxy(open_registry, Rule("PUT|PATCH", "/blobs/uploads/", Stall())) as proxy:
        running = subprocess.Popen([executable(STEP), "--image", f"{proxy}/team/app:v1", "--model", str(model)],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while proxy.count("PUT|PATCH", "/blobs/uploads/") == 0 and time.monotonic() < deadline:
            time.sleep(0.02)
        running.terminate()
        assert running.wait(10) == 143


def test_two_writers_at_once(registry, model):
    image = f"{registry}/team/app:v1"
    running = [subprocess.Popen([executable(STEP), "--image", image, "--model", str(model), "--label", f"who={i % 2}"],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE) for i in range(4)]
    digests = set()
    for each in running:
        out, err = each.communicate(timeout=60)
        assert each.returncode == 0, err.decode()
        digests.add(json.loads(out)["IMAGE_DIGEST"])
    assert len(digests) == 2
    assert crane("digest", image).decode().strip() in digests
    for digest in digests:
        crane("validate", "--fast", "--remote", f"{registry}/team/app@{digest}")
