"""build-pin-digest alone: what it builds into layouts on disk, its messages, its exit codes, and faults."""
import contextlib
import hashlib
import io
import json
import os
import random
import shutil
import signal
import subprocess
import tarfile
import time

import pytest

from support.mlsteps import executable, kill_at_rename, run, succeeded

STEP = "build-pin-digest"
REF_NAME = "org.opencontainers.image.ref.name"


def step(*args, **kwargs):
    return run(STEP, *args, **kwargs)


def fails(code, *words, args, **kwargs):
    """The step must end with `code` and say all of `words`."""
    result = step(*args, **kwargs)
    assert result.code == code, f"exit {result.code}\n{result.err}"
    for word in words:
        assert word in result.err, result.err
    return result


class Layout:
    """An image layout, read without our own code, and checked as it is read."""

    def __init__(self, directory):
        self.directory = directory

    def index(self):
        return json.loads((self.directory / "index.json").read_text())

    def blob(self, digest):
        algorithm, hex_digits = digest.split(":")
        content = (self.directory / "blobs" / algorithm / hex_digits).read_bytes()
        assert hashlib.sha256(content).hexdigest() == hex_digits
        return content

    def described(self, descriptor):
        content = self.blob(descriptor["digest"])
        assert len(content) == descriptor["size"]
        return content

    def tags(self):
        return {m["annotations"][REF_NAME]: m["digest"] for m in self.index()["manifests"] if REF_NAME in m.get("annotations", {})}

    def manifest(self, tag="v1"):
        return json.loads(self.blob(self.tags()[tag]))

    def config(self, tag="v1"):
        return json.loads(self.described(self.manifest(tag)["config"]))

    def layers(self, tag="v1"):
        """The members of each layer's archive, by name."""
        manifest, config = self.manifest(tag), self.config(tag)
        assert len(manifest["layers"]) == len(config["rootfs"]["diff_ids"])
        assert len(manifest["layers"]) == len([h for h in config["history"] if not h.get("empty_layer")])
        found = []
        for descriptor, diff_id in zip(manifest["layers"], config["rootfs"]["diff_ids"]):
            with tarfile.open(fileobj=io.BytesIO(self.described(descriptor)), mode="r:*") as archive:
                members = {m.name: (m, archive.extractfile(m).read() if m.isfile() else None) for m in archive}
                archive.fileobj.seek(0)
                assert "sha256:" + hashlib.sha256(archive.fileobj.read()).hexdigest() == diff_id
            found.append(members)
        return found

    def check(self):
        """All that index.json leads to is there and is what its digest says."""
        assert json.loads((self.directory / "oci-layout").read_text()) == {"imageLayoutVersion": "1.0.0"}
        for descriptor in self.index()["manifests"]:
            manifest = json.loads(self.described(descriptor))
            for each in [manifest["config"], *manifest["layers"]]:
                self.described(each)

    def blobs(self):
        """Content that bears its final name; what a killed writer leaves behind does not."""
        return sorted(p.name for p in (self.directory / "blobs/sha256").iterdir() if not p.name.startswith("."))


def write(path, content, mode=0o644):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path.chmod(mode)
    return path


@pytest.fixture
def model(tmp_path):
    write(tmp_path / "model/MLmodel", "flavors: {}\n")
    write(tmp_path / "model/data/weights.bin", bytes(range(256)) * 100)
    return tmp_path / "model"


@pytest.fixture
def app(tmp_path):
    write(tmp_path / "app/bin/serve", "#!/bin/sh\nexec true\n", 0o755)
    write(tmp_path / "app/settings.json", "{}\n")
    (tmp_path / "app/current").symlink_to("bin/serve")
    return tmp_path / "app"


@pytest.fixture
def layout(tmp_path):
    return Layout(tmp_path / "layout")


def build(layout, *args, tag="v1", **kwargs):
    return succeeded(step("--image", f"oci:{layout.directory}:{tag}", *args, **kwargs)).results["IMAGE_DIGEST"]


# What is built


def test_a_model_lies_under_models_in_plain_layers(model, layout):
    digest = build(layout, "--model", model)
    layout.check()
    assert layout.tags() == {"v1": digest}
    assert [d["mediaType"] for d in layout.manifest()["layers"]] == ["application/vnd.oci.image.layer.v1.tar"]
    (members,) = layout.layers()
    assert list(members) == ["models", "models/MLmodel", "models/data", "models/data/weights.bin"]
    assert members["models/data/weights.bin"][1] == bytes(range(256)) * 100


def test_a_large_model_file_is_a_layer_of_its_own(model, layout):
    with open(model / "large.bin", "wb") as large:
        large.truncate(64 << 20)
    build(layout, "--model", model)
    rest, large = layout.layers()
    assert "models/large.bin" in large and "models/large.bin" not in rest
    assert len(large) == 2


def test_layers_are_normalised_and_compressed(app, layout):
    build(layout, "--layer", f"{app}:/opt/app", "--layer", f"{app}/settings.json:/etc/app/")
    tree, single = layout.layers()
    assert list(tree) == ["opt", "opt/app", "opt/app/bin", "opt/app/bin/serve", "opt/app/current", "opt/app/settings.json"]
    assert list(single) == ["etc", "etc/app", "etc/app/settings.json"]
    for member, _ in [*tree.values(), *single.values()]:
        assert (member.uid, member.gid, member.uname, member.gname, member.mtime) == (0, 0, "", "", 0)
        assert not member.pax_headers
        assert member.mode == (0o777 if member.issym() else 0o755 if member.isdir() or member.name.endswith("serve") else 0o644)
    assert tree["opt/app/current"][0].linkname == "bin/serve"
    assert all(d["mediaType"].endswith("tar+gzip") for d in layout.manifest()["layers"])
    header = layout.described(layout.manifest()["layers"][0])[:10]
    assert header[4:8] == b"\0\0\0\0" and header[9] == 255


def test_compression_can_be_chosen(app, model, layout):
    build(layout, "--layer", f"{app}:/opt", "--model", model, "--compression", "none")
    assert all(d["mediaType"].endswith(".tar") for d in layout.manifest()["layers"])
    build(layout, "--layer", f"{app}:/opt", "--model", model, "--compression", "gzip")
    assert all(d["mediaType"].endswith("+gzip") for d in layout.manifest()["layers"])
    layout.layers()


def test_the_configuration_says_what_was_asked_for(model, layout):
    build(layout, "--model", model, "--platform", "linux/arm64/v8", "--entrypoint", "/serve", "--entrypoint", "--quiet", "--cmd",
          "--port=80", "--env", "A=1=2", "--env", "EMPTY=", "--label", "team=ml", "--user", "1000:0", "--workdir", "/srv",
          "--annotation", "org.opencontainers.image.source=https://git.example/x")
    config = layout.config()
    assert (config["os"], config["architecture"], config["variant"]) == ("linux", "arm64", "v8")
    assert config["config"] == {
        "Entrypoint": ["/serve", "--quiet"], "Cmd": ["--port=80"], "Env": ["A=1=2", "EMPTY="], "Labels": {"team": "ml"},
        "User": "1000:0", "WorkingDir": "/srv"}
    assert config["created"] == "1970-01-01T00:00:00Z"
    assert layout.manifest()["annotations"] == {"org.opencontainers.image.source": "https://git.example/x"}


def test_results_name_the_image(model, layout):
    result = succeeded(step("--image", f"oci:{layout.directory}:v1", "--model", model))
    digest = layout.tags()["v1"]
    assert result.results == {
        "IMAGE_URL": f"oci:{layout.directory}:v1", "IMAGE_DIGEST": digest, "IMAGE_REF": f"oci:{layout.directory}@{digest}",
        "IMAGES": f"oci:{layout.directory}@{digest}", "BASE_IMAGE_REF": "", "pinned-count": "",
        "MODEL_ARTIFACT_OUTPUTS": json.dumps({"digest": digest, "isBuildArtifact": "true", "uri": f"oci:{layout.directory}:v1"}, separators=(",", ":"))}


def test_image_alone_resolves(model, layout):
    digest = build(layout, "--model", model)
    for name in (f"oci:{layout.directory}:v1", f"oci:{layout.directory}", f"oci:{layout.directory}@{digest}"):
        assert succeeded(step("--image", name)).results["IMAGE_DIGEST"] == digest
    fails(4, "no such image", args=["--image", f"oci:{layout.directory}:v2"])


def test_dry_run_tells_the_digest_and_writes_nothing(model, layout):
    result = succeeded(step("--image", f"oci:{layout.directory}:v1", "--model", model, "--dry-run"))
    assert not layout.directory.exists()
    assert "would push" in result.err
    assert build(layout, "--model", model) == result.results["IMAGE_DIGEST"]


# The base


def test_a_base_keeps_its_layers_and_what_we_do_not_know(app, model, layout, tmp_path):
    base = Layout(tmp_path / "base")
    build(base, "--layer", f"{app}:/opt", "--env", "PATH=/bin", "--entrypoint", "/init", "--cmd", "x", tag="b")
    manifest, config = base.manifest("b"), base.config("b")
    config["config"]["Healthcheck"] = {"Test": ["CMD", "true"], "Interval": 9007199254740993}
    config["unknown"] = {"kept": [1, None, 2.5]}
    base_digest = put_image(base, manifest, config, "b")
    before = {p: p.read_bytes() for p in base.directory.rglob("*") if p.is_file()}

    result = succeeded(step("--image", f"oci:{layout.directory}:v1", "--base", f"oci:{base.directory}:b", "--model", model, "--env", "PATH=/usr/bin"))
    layout.check()
    assert layout.manifest()["layers"][0] == manifest["layers"][0]
    assert len(layout.layers()) == 2
    built = layout.config()
    assert built["unknown"] == config["unknown"]
    assert built["config"] == {**config["config"], "Env": ["PATH=/usr/bin"]}
    assert layout.manifest()["annotations"] == {"org.opencontainers.image.base.digest": base_digest}
    assert result.results["BASE_IMAGE_REF"] == f"oci:{base.directory}@{base_digest}"
    assert before == {p: p.read_bytes() for p in base.directory.rglob("*") if p.is_file()}


def put_blob(layout, content):
    digest = hashlib.sha256(content).hexdigest()
    write(layout.directory / "blobs/sha256" / digest, content)
    return {"digest": "sha256:" + digest, "size": len(content)}


def put_index(layout, descriptor, tag):
    entry = {**descriptor, "annotations": {REF_NAME: tag}}
    write(layout.directory / "oci-layout", '{"imageLayoutVersion":"1.0.0"}')
    write(layout.directory / "index.json", json.dumps({"schemaVersion": 2, "manifests": [entry]}))
    return descriptor["digest"]


def put_image(layout, manifest, config, tag):
    manifest = {**manifest, "config": {**manifest["config"], **put_blob(layout, json.dumps(config).encode())}}
    media_type = manifest["mediaType"]
    return put_index(layout, {"mediaType": media_type, **put_blob(layout, json.dumps(manifest).encode())}, tag)


def docker_image(layout, app, tag="b"):
    """An image as Docker writes it: its own media types, no annotations."""
    build(layout, "--layer", f"{app}:/opt", tag=tag)
    manifest, config = layout.manifest(tag), layout.config(tag)
    manifest["mediaType"] = "application/vnd.docker.distribution.manifest.v2+json"
    manifest["config"]["mediaType"] = "application/vnd.docker.container.image.v1+json"
    manifest["layers"][0]["mediaType"] = "application/vnd.docker.image.rootfs.diff.tar.gzip"
    return manifest, config


def test_a_docker_base_becomes_an_oci_image(app, model, layout, tmp_path):
    base = Layout(tmp_path / "base")
    put_image(base, *docker_image(base, app), "b")
    build(layout, "--base", f"oci:{base.directory}:b", "--model", model)
    manifest = layout.manifest()
    assert manifest["mediaType"] == "application/vnd.oci.image.manifest.v1+json"
    assert manifest["config"]["mediaType"] == "application/vnd.oci.image.config.v1+json"
    assert [d["mediaType"] for d in manifest["layers"]] == ["application/vnd.oci.image.layer.v1.tar+gzip", "application/vnd.oci.image.layer.v1.tar"]
    layout.layers()


def test_the_platform_chooses_in_an_index(app, model, layout, tmp_path):
    base = Layout(tmp_path / "base")
    entries = []
    for architecture in ("arm64", "amd64"):
        build(base, "--layer", f"{app}:/{architecture}", "--platform", f"linux/{architecture}", tag="b")
        digest = base.tags()["b"]
        entries.append({"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest, "size": len(base.blob(digest)),
                        "platform": {"os": "linux", "architecture": architecture}})
    index = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": entries}).encode()
    put_index(base, {"mediaType": "application/vnd.oci.image.index.v1+json", **put_blob(base, index)}, "b")

    build(layout, "--base", f"oci:{base.directory}:b", "--model", model)
    assert layout.config()["architecture"] == "amd64"
    build(layout, "--base", f"oci:{base.directory}:b", "--model", model, "--platform", "linux/arm64")
    assert layout.config()["architecture"] == "arm64"
    assert layout.manifest()["annotations"]["org.opencontainers.image.base.digest"] == entries[0]["digest"]
    fails(4, "no image for linux/s390x", "linux/arm64, linux/amd64",
          args=["--image", "oci:x:v1", "--base", f"oci:{base.directory}:b", "--platform", "linux/s390x", "--model", model])


def test_an_entrypoint_drops_the_cmd_of_the_base(app, layout, tmp_path):
    base = Layout(tmp_path / "base")
    build(base, "--layer", f"{app}:/opt", "--entrypoint", "/init", "--cmd", "old", tag="b")
    build(layout, "--base", f"oci:{base.directory}:b", "--entrypoint", "/serve")
    assert layout.config()["config"] == {"Entrypoint": ["/serve"]}


# The same digest on every run and machine


def plant(directory, names, epoch, umask):
    """The same content in files that were made in another order, at another time, under another umask."""
    old = os.umask(umask)
    try:
        for name in names:
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
            os.utime(path, (epoch, epoch))
        (directory / names[0]).chmod(0o700 if umask else 0o775)
    finally:
        os.umask(old)


def test_the_digest_depends_on_content_only(tmp_path):
    names = [f"{d}/{f}" for d in ("a", "a-1", "b/deep", "é") for f in ("x", "Y", "z.bin", "_", "x-y")]
    digests = set()
    for turn, (umask, epoch) in enumerate([(0o022, 0), (0o077, 1), (0, 1_700_000_000), (0o027, 4_000_000_000)]):
        order = names[:1] + random.Random(turn).sample(names[1:], len(names) - 1)
        tree = tmp_path / f"tree{turn}"
        plant(tree, order, epoch, umask)
        environment = {"TZ": ["UTC", "Asia/Tokyo", "America/Lima", ""][turn], "LC_ALL": ["C", "C.UTF-8", "", "POSIX"][turn], "HOME": str(tree)}
        # As another user, who reads by his own right, where we may become one.
        prefix = ("setpriv", "--reuid=65534", "--clear-groups", "--inh-caps=-all") if turn == 2 and os.getuid() == 0 else ()
        if prefix:
            tmp_path.chmod(0o755)
            for parent in list(tmp_path.parents)[:2]:
                parent.chmod(0o755)
        result = step("--image", "oci:never-written:v1", "--model", tree, "--layer", f"{tree}:/opt", "--dry-run", "--results-dir",
                      make_open(tmp_path / f"results{turn}"), env=environment, prefix=prefix)
        assert result.code == 0, result.err
        digests.add((tmp_path / f"results{turn}/IMAGE_DIGEST").read_text())
    assert len(digests) == 1


def make_open(directory):
    directory.mkdir()
    directory.chmod(0o777)
    return directory


def test_known_content_has_a_known_digest(tmp_path):
    """Written down once: another build, compiler or Debian release must give the same."""
    write(tmp_path / "model/MLmodel", "flavors: {}\n")
    write(tmp_path / "model/data/model.bin", bytes(range(256)) * 1000)
    common = ["--image", "oci:never-written:v1", "--model", tmp_path / "model", "--dry-run"]
    digests = {c: succeeded(step(*common, "--compression", c)).results["IMAGE_DIGEST"] for c in ("none", "gzip")}
    assert digests == {
        "none": "sha256:6fe8e7a5c076c8932440b690471b518a3b3401a4e5b5e78dd9b90ce0e8a49a2a",
        "gzip": "sha256:701a52ec5a6b689ecaf397df17e8e8a71403ee50dc804d3cc0221276a0fee325",
    }


def test_source_date_epoch_is_the_time_of_everything(model, layout):
    build(layout, "--model", model, env={"SOURCE_DATE_EPOCH": "1700000000"})
    assert layout.config()["created"] == "2023-11-14T22:13:20Z"
    assert {m.mtime for m, _ in layout.layers()[0].values()} == {1700000000}
    fails(2, "SOURCE_DATE_EPOCH", args=["--image", "oci:x:v1", "--model", model], env={"SOURCE_DATE_EPOCH": "yesterday"})


def test_a_digest_in_the_name_is_a_promise(model, layout):
    digest = build(layout, "--model", model)
    named = f"oci:{layout.directory}@{digest}"
    assert succeeded(step("--image", named, "--model", model)).results["IMAGE_DIGEST"] == digest
    write(model / "MLmodel", "other")
    fails(4, "--image names " + digest, "inputs are not those", args=["--image", named, "--model", model])
    assert layout.tags() == {"v1": digest}


# Bad input: the message and the exit code


@pytest.mark.parametrize("code, words, args", [
    (2, ["'--modle'", "did you mean '--model'"], ["--image", "a", "--modle", "x"]),
    (2, ["--layer"], ["--results-dir", "results", "--image", "a", "--layer"]),
    (2, ["nothing to do"], []),
    (2, ["without --image"], ["--pin", "x", "--model", "x"]),
    (2, ["--image", "capital letters"], ["--image", "registry.example/Team/app:v1"]),
    (2, ["--image", "tag"], ["--image", "registry.example/app:-v1"]),
    (2, ["--image"], ["--image", "registry.example/app@sha256:1234"]),
    (2, ["scheme"], ["--image", "https://registry.example/app"]),
    (2, ["--base", "port"], ["--image", "a", "--base", "host:99999/x"]),
    (2, ["SRC:DEST"], ["--image", "a", "--layer", "app"]),
    (2, ["--compression", "zstd"], ["--image", "a", "--compression", "zstd"]),
    (2, ["--platform"], ["--image", "a", "--platform", "linux"]),
    (2, ["--env"], ["--image", "a", "--env", "NOVALUE"]),
    (2, ["--sign-key"], ["--pin", "x", "--sign-key", "k"]),
    (2, ["belong together"], ["--sign-model", "m", "--sign-key", "k"]),
    (2, ["need --pin"], ["--image", "a", "--check"]),
    (2, ["exclude each other"], ["--pin", "x", "--check", "--diff"]),
    (4, ["/nonexistent", "No such file"], ["--image", "oci:x:v1", "--model", "/nonexistent"]),
    (4, ["/nonexistent", "No such file"], ["--image", "oci:x:v1", "--layer", "/nonexistent:/x"]),
    (4, ["/nonexistent", "not an OCI image layout"], ["--image", "oci:x:v1", "--base", "oci:/nonexistent:v1"]),
    (3, ["is not a plain path"], ["--image", "oci:x:v1", "--layer", "/etc/hostname:/a/../../b"]),
    (3, ["/dev/null", "not a regular file"], ["--image", "oci:x:v1", "--layer", "/dev/null:/x"]),
])
def test_bad_options(code, words, args, tmp_path):
    fails(code, *words, args=args, cwd=tmp_path)
    assert not (tmp_path / "x").exists()


def test_bad_files_in_a_layer(app, tmp_path):
    args = ["--image", f"oci:{tmp_path}/never:v1", "--layer", f"{app}:/opt"]
    write(app / ".wh.secret", "")
    fails(3, ".wh.secret", "rename the file", args=args)
    (app / ".wh.secret").unlink()
    (app / "out").symlink_to("../../../etc/passwd")
    fails(3, "symbolic link", "outside the image", args=args)
    (app / "out").unlink()
    os.mkfifo(app / "pipe")
    fails(3, "pipe", "device, socket or FIFO", args=args)
    (app / "pipe").unlink()
    open(os.fsencode(app) + b"/\xff", "w").close()
    fails(3, "not UTF-8", args=args)
    assert not (tmp_path / "never").exists()


def test_a_model_with_links_or_without_files(model, tmp_path):
    (model / "link").symlink_to("MLmodel")
    fails(3, "symbolic link", "replace it", args=["--image", f"oci:{tmp_path}/never:v1", "--model", model])
    (tmp_path / "empty").mkdir()
    fails(3, "holds no files", args=["--image", f"oci:{tmp_path}/never:v1", "--model", tmp_path / "empty"])


def test_an_unreadable_file_is_named(model, tmp_path):
    (model / "data/weights.bin").chmod(0)
    prefix = ()
    if os.getuid() == 0:
        prefix = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", "--reuid=65534", "--clear-groups")
        for directory in [tmp_path, *list(tmp_path.parents)[:2]]:
            directory.chmod(0o755)
    fails(4, "weights.bin", "Permission denied", prefix=prefix,
          args=["--image", f"oci:{tmp_path}/never:v1", "--model", model, "--results-dir", make_open(tmp_path / "results")])


def test_a_results_directory_that_is_not_writable(model, layout):
    fails(4, "/proc/nowhere", args=["--image", f"oci:{layout.directory}:v1", "--model", model, "--results-dir", "/proc/nowhere"])
    assert not layout.directory.exists()


def test_bad_bases(app, model, tmp_path):
    base = Layout(tmp_path / "base")
    args = ["--image", f"oci:{tmp_path}/never:v1", "--base", f"oci:{base.directory}:b", "--model", model]
    manifest, config = docker_image(base, app)
    put_image(base, {**manifest, "layers": [{**manifest["layers"][0], "mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"}]}, config, "b")
    fails(3, "may not be copied", args=args)
    put_image(base, manifest, {**config, "rootfs": {"type": "layers", "diff_ids": []}}, "b")
    fails(3, "names 0 layers, the manifest 1", args=args)
    put_image(base, {**manifest, "config": {**manifest["config"], "mediaType": "application/vnd.cncf.model.config.v1+json"}}, config, "b")
    fails(3, "only container images can be a base", args=args)
    put_image(base, manifest, config, "b")
    fails(4, "not for --platform linux/arm64", args=[*args, "--platform", "linux/arm64"])
    fails(4, "no such image", args=[*args[:3], f"oci:{base.directory}:other"])

    layer = base.directory / "blobs/sha256" / manifest["layers"][0]["digest"].split(":")[1]
    layer.write_bytes(layer.read_bytes()[:-1] + b"x")
    fails(3, manifest["layers"][0]["digest"], args=args)
    write(base.directory / "index.json", '{"schemaVersion": 2,\n "manifests": [}')
    fails(3, "index.json:2:", args=args)


def test_too_many_layers(app, layout):
    many = [word for i in range(128) for word in ("--layer", f"{app}/settings.json:/f{i}")]
    fails(3, "128 layers", args=["--image", f"oci:{layout.directory}:v1", *many])


# Faults


def test_killed_at_every_rename_and_run_again(app, model, layout, tmp_path):
    args = ["--layer", f"{app}:/opt", "--model", model]
    whole = Layout(tmp_path / "whole")
    digest = build(whole, *args)
    for n in range(1, 40):
        shutil.rmtree(layout.directory, ignore_errors=True)
        killed = step("--image", f"oci:{layout.directory}:v1", *args, prefix=kill_at_rename(n))
        if killed.code == 0:
            break
        assert killed.code in (-signal.SIGKILL, 128 + signal.SIGKILL), killed.err
        if (layout.directory / "index.json").exists():
            layout.check()
        assert build(layout, *args) == digest
        layout.check()
        assert (layout.blobs(), layout.index()) == (whole.blobs(), whole.index())
    assert n > 6, "the renames were not seen"
    assert killed.code == 0


def test_two_writers_at_once(app, model, layout):
    for turn in range(5):
        tags = [f"t{turn}-{i}" for i in range(4)]
        running = [subprocess.Popen([executable(STEP), "--image", f"oci:{layout.directory}:{tag}", "--model", str(model), "--layer",
                                     f"{app}:/opt", "--label", f"turn={turn}", "--label", f"who={i % 2}"], stdout=subprocess.DEVNULL,
                                    stderr=subprocess.PIPE) for i, tag in enumerate(tags)]
        for each in running:
            assert each.wait(60) == 0, each.stderr.read()
            each.stderr.close()
        layout.check()
        assert set(tags) <= set(layout.tags())
    assert len(layout.tags()) == 20


def test_a_full_disk_is_said_and_leaves_nothing_half_written(model, tmp_path):
    write(model / "large.bin", os.urandom(3 << 20))
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = 'mount -t tmpfs -o size=2m none "$0" && { "$@"; code=$?; find "$0" -type f >&2; exit $code; }'
    namespace = ["unshare", "--mount"] if os.getuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    result = fails(4, "No space left on device", args=["--image", f"oci:{disk}/layout:v1", "--model", model],
                   prefix=(*namespace, "sh", "-c", mounted, str(disk)))
    left = [line for line in result.err.splitlines() if line.startswith(str(disk))]
    assert left == [f"{disk}/layout/oci-layout"]


def test_sigterm_ends_it_cleanly(model, layout):
    with open(model / "huge.bin", "wb") as huge:
        huge.truncate(64 << 30)
    running = subprocess.Popen([executable(STEP), "--image", f"oci:{layout.directory}:v1", "--model", str(model)], stderr=subprocess.PIPE)
    time.sleep(0.5)
    running.terminate()
    assert running.wait(20) == 143
    running.stderr.close()
    assert not layout.directory.exists()


def test_its_own_deadline(model, layout):
    with open(model / "huge.bin", "wb") as huge:
        huge.truncate(64 << 30)
    fails(7, "timeout", args=["--image", f"oci:{layout.directory}:v1", "--model", model, "--timeout", "500ms"])


def test_memory_stays_small_for_a_large_layer(model, layout):
    with open(model / "huge.bin", "wb") as huge:
        huge.truncate(1 << 30)
    running = subprocess.Popen([executable(STEP), "--image", f"oci:{layout.directory}:v1", "--model", str(model)],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # The kernel's own high-water mark; rusage would count what the forking parent had in memory.
    highest = 0
    while running.poll() is None:
        with contextlib.suppress(OSError, StopIteration):
            status = open(f"/proc/{running.pid}/status").read().splitlines()
            highest = max(highest, int(next(line for line in status if line.startswith("VmHWM")).split()[1]))
        time.sleep(0.02)
    assert running.returncode == 0
    assert 1 << 10 < highest < 64 << 10, "KiB"
    shutil.rmtree(layout.directory)


# Signing


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


# Pinning: the engine has its own tests; here is how the step uses it


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
