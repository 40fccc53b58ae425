"""Image layouts on disk, made by build-pin-digest and read without our own code.

    from support.image_layout import Layout, app, build, fails, layout, model, step   # app, layout, model are fixtures
"""
import hashlib
import io
import json
import tarfile

import pytest

from support.mlsteps import run, succeeded

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


def make_open(directory):
    directory.mkdir()
    directory.chmod(0o777)
    return directory
