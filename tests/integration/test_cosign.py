"""verify-signature and build-pin-digest against the real cosign, versions 3 and 2, both ways: what cosign signs verifies
here, what is signed here verifies there, in a registry with the referrers API (olareg) and in one without
(docker-registry: the fallback tag). No transparency log anywhere, so cosign needs --insecure-ignore-tlog."""
import json
import os
import subprocess
import tarfile

import pytest

from support.mlsteps import BUILD, CACHE, run, succeeded
from support.registries import docker_registry, olareg

COSIGN3 = CACHE / "go" / "cosign3" / "cosign"
COSIGN2 = CACHE / "go" / "cosign2" / "cosign"
CRANE = CACHE / "go" / "crane" / "crane"
PASSWORD = "correct horse"
NO_LOG = "--insecure-ignore-tlog"


class Peer:
    """cosign and crane with a home of their own, and the files that cosign wants when it is offline."""

    def __init__(self, home):
        self.home = home
        self.env = {**os.environ, "HOME": str(home), "DOCKER_CONFIG": str(home), "COSIGN_PASSWORD": PASSWORD}
        self.call(COSIGN3, "generate-key-pair", "--output-key-prefix", home / "peer")
        self.call(COSIGN3, "signing-config", "create", "--out", home / "signing.json")
        self.call(COSIGN3, "trusted-root", "create", "--out", home / "root.json")
        self.key, self.public = home / "peer.key", home / "peer.pub"
        self.call(COSIGN3, "generate-key-pair", "--output-key-prefix", home / "other")
        self.other_public = home / "other.pub"

    def attempt(self, *argv):
        done = subprocess.run([str(word) for word in argv], env=self.env, cwd=self.home, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=120)
        done.text = done.stdout + done.stderr
        return done

    def call(self, *argv):
        done = self.attempt(*argv)
        assert done.returncode == 0, f"{argv}:\n{done.text}"
        return done.stdout.strip()

    def sign3(self, image, *options, key=None):
        self.call(COSIGN3, "sign", "--yes", "--key", key or self.key, "--signing-config", self.home / "signing.json",
                  *options, image)

    def sign3_tag(self, image, key=None):
        self.call(COSIGN3, "sign", "--yes", "--key", key or self.key, "--use-signing-config=false",
                  "--new-bundle-format=false", "--tlog-upload=false", image)

    def sign2(self, image, *options, key=None):
        self.call(COSIGN2, "sign", "--yes", "--key", key or self.key, "--tlog-upload=false", *options, image)

    def sign_blob(self, path, bundle, key=None):
        self.call(COSIGN3, "sign-blob", "--yes", "--key", key or self.key, "--signing-config", self.home / "signing.json",
                  "--trusted-root", self.home / "root.json", "--bundle", bundle, path)

    def push(self, registry, name):
        """A new image with a layer of its own; its reference by digest."""
        layer = self.home / "layer.tar"
        (self.home / "content").write_text(name + os.urandom(8).hex())
        with tarfile.open(layer, "w") as tar:
            tar.add(self.home / "content", "content")
        self.call(CRANE, "append", "--oci-empty-base", "-f", layer, "-t", f"{registry}/{name}:v1")
        return f"{registry}/{name}@" + self.call(CRANE, "digest", f"{registry}/{name}:v1")


@pytest.fixture(scope="module")
def peer(tmp_path_factory):
    return Peer(tmp_path_factory.mktemp("peer"))


@pytest.fixture(scope="module", params=[olareg, docker_registry], ids=lambda serve: serve.__name__)
def registry(request, tmp_path_factory):
    with request.param(tmp_path_factory.mktemp(request.param.__name__)) as running:
        yield running


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """A key pair that build-pin-digest made."""
    prefix = tmp_path_factory.mktemp("keys") / "ours"
    succeeded(run("build-pin-digest", "--generate-key-pair", prefix, env={"COSIGN_PASSWORD": PASSWORD}))
    return prefix


@pytest.fixture(scope="module")
def built(ours, registry, tmp_path_factory):
    """An image that build-pin-digest built, pushed and signed; NAME@DIGEST."""
    content = tmp_path_factory.mktemp("content")
    (content / "readme.txt").write_text("read me\n")
    return build(f"{registry}/team/built:v1", content, f"{ours}.key")


def build(image, content, key):
    return succeeded(run("build-pin-digest", "--image", image, "--base", "scratch", "--layer", f"{content}:/data",
                         "--sign-key", key, env={"COSIGN_PASSWORD": PASSWORD})).results["IMAGE_REF"]


def verify(image, key, *options):
    return run("verify-signature", "--image", image, "--key", key, "--output", "json", *options)


def forms(result):
    return [signature["form"] for target in result.json["targets"] for signature in target["signatures"]]


def checks(result):
    """The numbers of the checks that refused."""
    return [refusal["check"] for target in result.json["targets"] for refusal in target["refusals"]]


# ---- what cosign signs verifies here ----

@pytest.mark.parametrize("sign, options, form", [
    ("sign3", [], "bundle"),
    ("sign3_tag", [], "simple-signing"),
    ("sign2", [], "simple-signing"),
    ("sign2", ["--new-bundle-format"], "bundle"),
], ids=["cosign3-bundle", "cosign3-tag", "cosign2-tag", "cosign2-bundle"])
def test_an_image_signed_by_cosign_verifies(peer, registry, sign, options, form):
    image = peer.push(registry, "team/theirs")
    getattr(peer, sign)(image, *options)
    result = succeeded(verify(image, peer.public))
    assert forms(result) == [form]
    assert result.results["verdict"] == "pass"
    assert result.results["IMAGE_REF"] == image
    assert result.results["verified-count"] == "1"
    assert result.results["signer"].startswith("sha256:")


def test_a_tag_is_resolved_to_the_digest_that_was_verified(peer, registry):
    image = peer.push(registry, "team/tagged")
    peer.sign3(image)
    result = succeeded(verify(f"{registry}/team/tagged:v1", peer.public))
    assert result.results["IMAGE_REF"] == image


def test_annotations_must_be_signed_along(peer, registry):
    image = peer.push(registry, "team/annotated")
    peer.sign3(image, "-a", "env=prod")
    peer.sign2(image, "-a", "env=prod")
    assert forms(succeeded(verify(image, peer.public, "--annotation", "env=prod"))) == ["bundle", "simple-signing"]
    result = verify(image, peer.public, "--annotation", "env=test")
    assert result.code == 10
    assert checks(result) == [16, 16]
    assert "check 16 (annotations): expected env=test, found env=prod" in result.err


def test_the_name_that_the_signer_used_can_be_demanded(peer, registry):
    image = peer.push(registry, "team/named")
    peer.sign2(image)
    assert forms(succeeded(verify(image, peer.public, "--check-reference"))) == ["simple-signing"]
    source, digest = image.split("@")
    peer.call(CRANE, "copy", image, f"{registry}/team/other:v1")
    tag = digest.replace(":", "-") + ".sig"
    peer.call(CRANE, "copy", f"{source}:{tag}", f"{registry}/team/other:{tag}")
    moved = f"{registry}/team/other@{digest}"
    assert forms(succeeded(verify(moved, peer.public))) == ["simple-signing"]
    result = verify(moved, peer.public, "--check-reference")
    assert result.code == 10
    assert checks(result) == [17]


def test_an_attestation_is_no_signature_unless_any_predicate_will_do(peer, registry):
    image = peer.push(registry, "team/attested")
    (peer.home / "predicate.json").write_text('{"scanned": true}')
    peer.call(COSIGN3, "attest", "--yes", "--key", peer.key, "--signing-config", peer.home / "signing.json",
              "--trusted-root", peer.home / "root.json", "--predicate", peer.home / "predicate.json", "--type", "custom", image)
    result = verify(image, peer.public)
    assert result.code == 10
    assert checks(result) == [15]
    assert forms(succeeded(verify(image, peer.public, "--any-predicate"))) == ["bundle"]


def test_another_key_is_refused_with_every_signature_named(peer, ours, registry):
    image = peer.push(registry, "team/foreign")
    peer.sign3(image)
    peer.sign2(image)
    result = verify(image, f"{ours}.pub")
    assert result.code == 10
    assert checks(result) == [12, 12]
    assert result.results["verdict"] == "fail"
    assert result.results["IMAGE_REF"] == ""
    assert "bundle sha256:" in result.err and ".sig: check 12 (signature)" in result.err
    both = succeeded(verify(image, f"{ours}.pub", "--key", peer.public))
    assert forms(both) == ["bundle", "simple-signing"]


def test_a_signature_moved_to_another_image_is_refused(peer, registry):
    signed, other = peer.push(registry, "team/moved"), peer.push(registry, "team/moved")
    peer.sign2(signed)
    name = signed.split("@")[0]
    source, target = (image.split("@")[1].replace(":", "-") + ".sig" for image in (signed, other))
    peer.call(CRANE, "copy", f"{name}:{source}", f"{name}:{target}")
    result = verify(other, peer.public)
    assert result.code == 10
    assert checks(result) == [19]


def test_an_unsigned_image_and_a_missing_one_are_not_found(peer, registry):
    image = peer.push(registry, "team/unsigned")
    result = verify(image, peer.public)
    assert result.code == 4
    assert "it has no signature" in result.err
    assert result.results["verdict"] == "fail"
    missing = verify(f"{registry}/team/unsigned:nothere", peer.public)
    assert missing.code == 4
    assert "no such image" in missing.err


def test_every_image_of_several_must_verify(peer, registry):
    one, two = peer.push(registry, "team/one"), peer.push(registry, "team/two")
    peer.sign3(one)
    result = verify(one, peer.public, "--image", two)
    assert result.code == 4
    assert result.results["IMAGE_REF"] == one
    peer.sign3(two)
    assert succeeded(verify(one, peer.public, "--image", two)).results["IMAGE_REF"] == f"{one}\n{two}"


# ---- what is signed here verifies with cosign ----

def tag_only(peer, image):
    """A copy of the image with its signature tag but without the bundle: cosign 2 prefers a bundle where there is one."""
    name, digest = image.split("@")
    tag = digest.replace(":", "-") + ".sig"
    peer.call(CRANE, "copy", image, f"{name}-tag-only:v1")
    peer.call(CRANE, "copy", f"{name}:{tag}", f"{name}-tag-only:{tag}")
    return f"{name}-tag-only@{digest}"


def accepted_by_both(peer, image, public):
    root = ["--trusted-root", peer.home / "root.json"]
    copy = tag_only(peer, image)
    for argv in ([COSIGN3, "verify", NO_LOG, image], [COSIGN2, "verify", NO_LOG, *root, "--new-bundle-format", image],
                 [COSIGN3, "verify", NO_LOG, copy], [COSIGN2, "verify", NO_LOG, copy]):
        peer.call(*argv, "--key", public)
        # The command can fail.
        assert peer.attempt(*argv, "--key", peer.other_public).returncode != 0


def test_cosign_3_and_2_accept_an_image_signed_here(peer, ours, built):
    public = f"{ours}.pub"
    assert forms(succeeded(verify(built, public))) == ["bundle", "simple-signing"]
    assert forms(succeeded(verify(tag_only(peer, built), public))) == ["simple-signing"]
    accepted_by_both(peer, built, public)


def test_signing_again_adds_nothing_and_a_second_signer_is_added(peer, ours, registry, built, tmp_path):
    (tmp_path / "readme.txt").write_text("read me\n")
    name, digest = built.split("@")

    def written():
        layers = json.loads(peer.call(CRANE, "manifest", f"{name}:{digest.replace(':', '-')}.sig"))["layers"]
        return len(layers), len(forms(succeeded(verify(built, f"{ours}.pub"))))

    before = written()
    assert build(f"{name}:v1", tmp_path, f"{ours}.key") == built
    assert written() == before
    peer.sign2(built)
    peer.sign3(built)
    assert forms(succeeded(verify(built, f"{ours}.pub"))) == ["bundle", "simple-signing"]
    assert forms(succeeded(verify(built, peer.public))) == ["bundle", "simple-signing"]
    peer.call(COSIGN3, "verify", "--key", f"{ours}.pub", NO_LOG, built)


# ---- keys ----

def test_a_key_made_here_signs_with_cosign(peer, ours, registry):
    image = peer.push(registry, "team/our-key")
    peer.sign3(image, key=f"{ours}.key")
    peer.sign2(image, key=f"{ours}.key")
    assert forms(succeeded(verify(image, f"{ours}.pub"))) == ["bundle", "simple-signing"]
    made = peer.call(COSIGN3, "public-key", "--key", f"{ours}.key")
    assert made.strip() == open(f"{ours}.pub").read().strip()


def test_a_key_made_by_cosign_signs_here(peer, registry, tmp_path):
    (tmp_path / "f").write_text("f")
    accepted_by_both(peer, build(f"{registry}/team/their-key:v1", tmp_path, peer.key), peer.public)


def import_key(peer, directory, *arguments):
    subprocess.run(["openssl", "genpkey", *arguments, "-out", directory / "plain.pem"], check=True, capture_output=True)
    peer.call(COSIGN3, "import-key-pair", "--key", directory / "plain.pem", "--output-key-prefix", directory / "imported")
    return directory / "imported.key", directory / "imported.pub"


@pytest.mark.parametrize("arguments", [
    ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
    ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
    ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"],
], ids=["P-384", "P-521", "RSA"])
def test_other_kinds_of_keys_verify(peer, registry, tmp_path, arguments):
    key, public = import_key(peer, tmp_path, *arguments)
    image = peer.push(registry, "team/other-keys")
    peer.sign3(image, key=key)
    peer.sign2(image, key=key)
    assert forms(succeeded(verify(image, public))) == ["bundle", "simple-signing"]
    (tmp_path / "blob").write_text("a blob\n")
    peer.sign_blob(tmp_path / "blob", tmp_path / "bundle.json", key=key)
    succeeded(run("verify-signature", "--blob", tmp_path / "blob", "--bundle", tmp_path / "bundle.json", "--key", public))


# ---- blobs ----

@pytest.fixture
def blob(tmp_path):
    (tmp_path / "blob").write_bytes(os.urandom(3 << 20))
    return tmp_path / "blob"


def test_a_blob_signed_by_cosign_verifies(peer, blob, tmp_path):
    bundle = tmp_path / "bundle.json"
    peer.sign_blob(blob, bundle)
    succeeded(run("verify-signature", "--blob", blob, "--bundle", bundle, "--key", peer.public))
    digest = subprocess.run(["sha256sum", blob], check=True, capture_output=True, text=True).stdout.split()[0]
    succeeded(run("verify-signature", "--blob", f"sha256:{digest}", "--bundle", bundle, "--key", peer.public))
    with open(blob, "r+b") as file:
        file.write(b"changed")
    result = run("verify-signature", "--blob", blob, "--bundle", bundle, "--key", peer.public)
    assert result.code == 10
    assert "check 18 (message digest)" in result.err


def test_cosign_accepts_a_blob_signed_here(peer, blob, tmp_path):
    """No step signs blobs yet; the library does it in a hidden test case."""
    bundle = tmp_path / "bundle.json"
    env = {**os.environ, "BLOB": str(blob), "BUNDLE": str(bundle), "KEY": str(peer.key), "COSIGN_PASSWORD": PASSWORD}
    subprocess.run([BUILD / "bin" / "sigstore_tests", "[.sign-blob]"], env=env, check=True, capture_output=True)
    for cosign, options in ((COSIGN3, []), (COSIGN2, ["--new-bundle-format", "--trusted-root", peer.home / "root.json"])):
        argv = [cosign, "verify-blob", "--key", peer.public, "--bundle", bundle, NO_LOG, *options]
        peer.call(*argv, blob)
        assert peer.attempt(*argv, bundle).returncode != 0
