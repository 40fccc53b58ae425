"""build-pin-digest alone: what it builds into layouts on disk, and that it is the same everywhere."""
import json
import os
import random
import subprocess

from support.image_layout import (Layout, app, build, docker_image, fails, layout, make_open, model, put_blob, put_image,  # noqa: F401
                                  put_index, step, write)
from support.mlsteps import BUILD, ROOT, succeeded

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


# The README


def test_the_commands_of_the_readme_run(model, tmp_path):
    readme = (ROOT / "steps/build-pin-digest/README.md").read_text()
    script = readme.split("```sh\n")[1].split("```")[0]
    path = f"{BUILD / 'bin'}:{os.environ['PATH']}"
    done = subprocess.run(["sh", "-eu", "-c", script], cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert b"+spec: {containers: [{name: model, image: \"model.example/team/churn:v1@sha256:" in done.stdout
