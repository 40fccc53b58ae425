"""verify-signature alone: what it demands, says and answers. Everything is signed by the Python `cryptography` package,
in layouts and bundles written here, so that the executable does not confirm itself."""
import base64
import hashlib
import json
import os
import re
import subprocess

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from support.mlsteps import BUILD, ROOT, run, succeeded

BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
EMPTY = "application/vnd.oci.empty.v1+json"
IMAGE_SIGNATURE = "https://sigstore.dev/cosign/sign/v1"


class Key:
    """A key pair; the public key as a file."""

    def __init__(self, path, private):
        self.path, self.private = path, private
        public = private.public_key()
        path.write_bytes(public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
        der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.fingerprint = "sha256:" + hashlib.sha256(der).hexdigest()

    def sign(self, message):
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            return self.private.sign(message)
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(message, padding.PKCS1v15(), hashes.SHA256())
        of_curve = {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}
        return self.private.sign(message, ec.ECDSA(of_curve[self.private.curve.key_size]))


def base64_text(data):
    return base64.b64encode(data).decode()


def bundle(**content):
    return {"mediaType": BUNDLE, "verificationMaterial": {"publicKey": {"hint": ""}}, **content}


def blob_bundle(key, content):
    return bundle(messageSignature={"signature": base64_text(key.sign(content))})


def envelope_bundle(key, statement, payload_type="application/vnd.in-toto+json"):
    payload = json.dumps(statement).encode()
    encoded = b"DSSEv1 %d %s %d %s" % (len(payload_type), payload_type.encode(), len(payload), payload)
    return bundle(dsseEnvelope={"payload": base64_text(payload), "payloadType": payload_type,
                                "signatures": [{"sig": base64_text(key.sign(encoded))}]})


def statement(digest, predicate_type=IMAGE_SIGNATURE, **annotations):
    return {"_type": "https://in-toto.io/Statement/v1", "predicateType": predicate_type, "predicate": {},
            "subject": [{"digest": {"sha256": digest.removeprefix("sha256:")}, "annotations": annotations}]}


class Layout:
    """An image layout with one image, tagged v1."""

    def __init__(self, directory):
        self.directory, self.entries = directory, []
        (directory / "blobs" / "sha256").mkdir(parents=True)
        (directory / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
        self.digest = self.manifest({"config": self.blob(b"{}", EMPTY), "layers": []}, "v1")["digest"]

    def blob(self, content, media_type, **more):
        digest = hashlib.sha256(content).hexdigest()
        (self.directory / "blobs" / "sha256" / digest).write_bytes(content)
        return {"mediaType": media_type, "digest": "sha256:" + digest, "size": len(content), **more}

    def manifest(self, document, tag=None):
        content = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, **document}).encode()
        entry = self.blob(content, MANIFEST)
        annotations = {"annotations": {"org.opencontainers.image.ref.name": tag}} if tag else {}
        self.entries.append({**entry, **annotations})
        index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": self.entries}
        (self.directory / "index.json").write_text(json.dumps(index))
        return entry

    def attach(self, document, media_type=BUNDLE):
        image = self.entries[0]
        subject = {name: image[name] for name in ("mediaType", "digest", "size")}
        self.manifest({"artifactType": media_type, "config": self.blob(b"{}", EMPTY), "subject": subject,
                       "layers": [self.blob(json.dumps(document).encode(), media_type)]})

    def tag_signature(self, key, digest=None, optional=None, name="registry.example/app"):
        claim = json.dumps({"critical": {"identity": {"docker-reference": name},
                                         "image": {"docker-manifest-digest": digest or self.digest},
                                         "type": "cosign container image signature"}, "optional": optional}).encode()
        layer = self.blob(claim, "application/vnd.dev.cosign.simplesigning.v1+json",
                          annotations={"dev.cosignproject.cosign/signature": base64_text(key.sign(claim))})
        self.manifest({"config": self.blob(b"{}", EMPTY), "layers": [layer]}, self.digest.replace(":", "-") + ".sig")


@pytest.fixture
def key(tmp_path):
    return Key(tmp_path / "key.pub", ec.generate_private_key(ec.SECP256R1()))


@pytest.fixture
def layout(tmp_path):
    return Layout(tmp_path / "layout")


@pytest.fixture
def blob(tmp_path):
    (tmp_path / "blob").write_bytes(b"some bytes")
    return tmp_path / "blob"


def write(path, document):
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def verify(*arguments, **keywords):
    return run("verify-signature", *arguments, **keywords)


def refused(result, *checks):
    """The run, which must have been refused by exactly these checks."""
    assert result.code == 10, result.err
    assert result.results["verdict"] == "fail"
    for check in checks:
        assert f"check {check}" in result.err
    assert result.err.count("check ") == len(checks), result.err
    return result


# ---- the command line ----

@pytest.mark.parametrize("arguments, word", [
    ([], "one of --image (any number of them), --blob or --model"),
    (["--image", "a", "--blob", "b", "--bundle", "c", "--key", "k"], "one of --image"),
    (["--image", "a"], "no trusted key"),
    (["--blob", "b", "--key", "k"], "--bundle is the signature's file"),
    (["--image", "a", "--bundle", "b", "--key", "k"], "--bundle is the signature's file"),
    (["--image", "a", "--ignore-path", "x", "--key", "k"], "--ignore-path is for --model"),
    (["--model", "m", "--bundle", "b", "--check-reference", "true", "--key", "k"], "--check-reference is for --image"),
    (["--image", "oci:x", "--check-reference", "true", "--key", "k"], "one in a layout has no name"),
    (["--image", "a", "--keys", "k"], "did you mean"),
    (["--image", "registry.example/UPPER", "--key", "k"], "--image"),
    (["--blob", "sha256:12", "--bundle", "b", "--key", "k"], "--blob"),
    (["--image", "a", "--key", "k", "--annotation", "novalue"], "--annotation"),
    (["--image", "a", "--key", "k", "--output", "yaml"], "text"),
])
def test_a_command_line_that_makes_no_sense(arguments, word):
    result = verify(*arguments)
    assert result.code == 2, result.err
    assert word in result.err
    assert not any(result.results.values())


# ---- trust ----

def test_a_key_that_is_none(key, blob, tmp_path):
    signature = write(tmp_path / "b.json", blob_bundle(key, b"some bytes"))
    private = key.private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                        serialization.NoEncryption()).decode()
    small = Key(tmp_path / "small.pub", rsa.generate_private_key(public_exponent=65537, key_size=1024)).path.read_text()
    for content, word in (("", "not a PEM file"), ("garbage", "not a PEM file"), (private, "type 'PRIVATE KEY'"),
                          (small, "1024 bits"), (key.path.read_text() * 2, "follows the first key")):
        result = verify("--blob", blob, "--bundle", signature, "--key", write(tmp_path / "bad.pub", content))
        assert result.code == 3
        assert "bad.pub" in result.err and word in result.err
        assert result.results["verdict"] == ""
    # A good key beside a malformed one does not save it.
    assert verify("--blob", blob, "--bundle", signature, "--key", key.path, "--key", tmp_path / "bad.pub").code == 3
    missing = verify("--blob", blob, "--bundle", signature, "--key", tmp_path / "none.pub")
    assert missing.code == 4
    assert "none.pub" in missing.err


@pytest.mark.parametrize("make", [
    lambda: ec.generate_private_key(ec.SECP256R1()),
    lambda: ec.generate_private_key(ec.SECP384R1()),
    lambda: ec.generate_private_key(ec.SECP521R1()),
    lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
    ed25519.Ed25519PrivateKey.generate,
], ids=["P-256", "P-384", "P-521", "RSA", "Ed25519"])
def test_every_kind_of_key(make, layout, tmp_path):
    key = Key(tmp_path / "k.pub", make())
    layout.attach(envelope_bundle(key, statement(layout.digest)))
    layout.tag_signature(key)
    result = succeeded(verify("--image", f"oci:{layout.directory}:v1", "--key", key.path))
    assert result.results == {"verdict": "pass", "verified-count": "2", "signer": key.fingerprint,
                              "IMAGE_REF": f"oci:{layout.directory}@{layout.digest}"}


def test_ed25519_is_not_for_blobs(blob, tmp_path):
    key = Key(tmp_path / "k.pub", ed25519.Ed25519PrivateKey.generate())
    signature = write(tmp_path / "b.json", blob_bundle(key, b"some bytes"))
    assert "Ed25519ph" in refused(verify("--blob", blob, "--bundle", signature, "--key", key.path), 12).err


# ---- images in a layout ----

@pytest.mark.parametrize("suffix", ["", ":v1"])
def test_an_image_in_a_layout(key, layout, suffix):
    layout.attach(envelope_bundle(key, statement(layout.digest, env="prod")))
    result = succeeded(verify("--image", f"oci:{layout.directory}{suffix}", "--key", key.path, "--output", "json",
                              "--annotation", "env=prod"))
    target = result.json["targets"][0]
    assert result.json["verdict"] == target["verdict"] == "pass"
    assert target["digest"] == layout.digest
    signature = target["signatures"][0]
    assert signature["signer"] == str(key.path)
    assert signature["key_fingerprint"] == key.fingerprint
    assert signature["predicate_type"] == IMAGE_SIGNATURE
    assert signature["annotations"] == {"env": "prod"}


def test_the_message_names_every_signature_and_its_check(key, layout, tmp_path):
    other = Key(tmp_path / "other.pub", ec.generate_private_key(ec.SECP256R1()))
    layout.attach(envelope_bundle(other, statement(layout.digest)))
    layout.attach(envelope_bundle(key, statement("0" * 64)))
    layout.attach(envelope_bundle(key, statement(layout.digest, "https://spdx.dev/Document")))
    layout.attach("a text")
    layout.attach({"an": "SBOM"}, "application/spdx+json")
    layout.tag_signature(key, "sha256:" + "0" * 64)
    image = f"oci:{layout.directory}"
    result = refused(verify("--image", image, "--key", key.path, "--output", "json"), "12 (signature)", "14 (subject)",
                     "15 (predicate type)", "4 (media type)", "19 (payload digest)")
    assert sorted(refusal["check"] for refusal in result.json["targets"][0]["refusals"]) == [4, 12, 14, 15, 19]
    assert result.json["verdict"] == "fail"
    # One good signature among them is enough; the others are reported.
    layout.attach(envelope_bundle(key, statement(layout.digest, "https://example.org/other")))
    good = succeeded(verify("--image", image, "--key", key.path, "--any-predicate"))
    assert good.results["verified-count"] == "2"
    assert "another signature does not count" in good.err


def test_what_is_not_there(key, layout, tmp_path):
    for image, word in ((f"oci:{tmp_path}/none", "none"), (f"oci:{layout.directory}:v2", "no such image"),
                        (f"oci:{layout.directory}@sha256:{'0' * 64}", "no such image"),
                        (f"oci:{layout.directory}:v1", "it has no signature")):
        result = verify("--image", image, "--key", key.path)
        assert result.code == 4, result.err
        assert word in result.err
        assert result.results["verdict"] == "fail"


def test_one_refused_image_among_good_ones_is_a_no(key, layout, tmp_path):
    layout.attach(envelope_bundle(key, statement(layout.digest)))
    forged = Layout(tmp_path / "forged")
    forged.attach(envelope_bundle(key, statement("0" * 64)))
    good, bad = f"oci:{layout.directory}", f"oci:{forged.directory}"
    result = refused(verify("--image", f"{good}\n{bad}", "--key", key.path), 14)
    assert result.results["IMAGE_REF"] == f"{good}@{layout.digest}"


def test_a_layout_whose_blobs_were_changed(key, layout):
    layout.attach(envelope_bundle(key, statement(layout.digest)))
    for path in (layout.directory / "blobs" / "sha256").iterdir():
        if b"dsseEnvelope" in path.read_bytes():
            path.write_bytes(path.read_bytes() + b" ")
    refused(verify("--image", f"oci:{layout.directory}", "--key", key.path), "1 (found in place)")


# ---- blobs and models ----

def test_a_blob_and_its_digest(key, blob, tmp_path):
    signature = write(tmp_path / "b.json", blob_bundle(key, b"some bytes"))
    for given in (blob, "sha256:" + hashlib.sha256(b"some bytes").hexdigest()):
        result = succeeded(verify("--blob", given, "--bundle", signature, "--key", key.path))
        assert result.results == {"verdict": "pass", "verified-count": "1", "signer": key.fingerprint, "IMAGE_REF": ""}
    blob.write_bytes(b"some other bytes")
    refused(verify("--blob", blob, "--bundle", signature, "--key", key.path), "12 (signature)")


@pytest.mark.parametrize("document, check", [
    ("", 3), ("{", 3), ("[]", 4), ('{"a": 1, "a": 2}', 3), ("\xff", 3), ("[" * 100, 3),
    ({"mediaType": "text/plain"}, 4), (bundle(), 8),
    ({"mediaType": BUNDLE, "verificationMaterial": {"certificate": {"rawBytes": ""}}}, 6),
    (bundle(dsseEnvelope={"payload": "", "payloadType": "", "signatures": []}), 9),
    (bundle(messageSignature={"signature": "no base64"}), 10),
])
def test_a_malformed_bundle_is_refused_not_an_error(key, blob, tmp_path, document, check):
    path = tmp_path / "b.json"
    path.write_bytes(document.encode("latin-1") if isinstance(document, str) else json.dumps(document).encode())
    refused(verify("--blob", blob, "--bundle", path, "--key", key.path), check)


def test_files_that_are_missing(key, blob, tmp_path):
    signature = write(tmp_path / "b.json", blob_bundle(key, b"some bytes"))
    for arguments in (["--blob", blob, "--bundle", tmp_path / "none"], ["--blob", tmp_path / "none", "--bundle", signature]):
        result = verify(*arguments, "--key", key.path)
        assert result.code == 4
        assert "none" in result.err


def model_statement(files, **changes):
    resources = [{"name": name, "algorithm": "sha256", "digest": hashlib.sha256(content).hexdigest()}
                 for name, content in sorted(files.items())]
    root = hashlib.sha256(b"".join(bytes.fromhex(each["digest"]) for each in resources)).hexdigest()
    predicate = {"resources": resources, "serialization": {"method": "files", "hash_type": "sha256", "allow_symlinks": False}}
    return {"_type": "https://in-toto.io/Statement/v1", "subject": [{"name": "m", "digest": {"sha256": root}}],
            "predicateType": "https://model_signing/signature/v1.0", "predicate": predicate, **changes}


def test_a_model(key, tmp_path):
    files = {"a.bin": b"a", "sub/b.bin": b"b"}
    for name, content in files.items():
        (tmp_path / "m" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "m" / name).write_bytes(content)
    signature = write(tmp_path / "model.sig", envelope_bundle(key, model_statement(files)))
    arguments = ["--model", tmp_path / "m", "--bundle", signature, "--key", key.path]
    result = succeeded(verify(*arguments, "--output", "json"))
    listing = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    assert result.json["targets"][0]["digest"] == "sha256:" + hashlib.sha256(listing.encode()).hexdigest()
    (tmp_path / "m" / "a.bin").write_bytes(b"x")
    refused(verify(*arguments), "24 (model files)")
    write(signature, envelope_bundle(key, model_statement(files, predicateType=IMAGE_SIGNATURE)))
    refused(verify(*arguments), "15 (predicate type)")


def test_a_missing_model_is_not_found(key, tmp_path):
    signature = write(tmp_path / "model.sig", envelope_bundle(key, model_statement({"a": b"a"})))
    result = verify("--model", tmp_path / "none", "--bundle", signature, "--key", key.path)
    assert result.code == 4
    assert "no such file or directory" in result.err


# ---- answers ----

def test_a_no_can_be_reported_only(key, blob, tmp_path):
    signature = write(tmp_path / "b.json", blob_bundle(key, b"other bytes"))
    result = succeeded(verify("--blob", blob, "--bundle", signature, "--key", key.path, "--on-reject", "report"))
    assert result.results["verdict"] == "fail"
    assert result.results["verified-count"] == "0"
    assert "check 12 (signature)" in result.err


def test_control_characters_of_a_forger_do_not_reach_the_terminal(key, layout):
    layout.attach(envelope_bundle(key, statement(layout.digest, "https://x/\x1b[2J")))
    result = refused(verify("--image", f"oci:{layout.directory}", "--key", key.path), 15)
    assert "\x1b" not in result.err


def test_a_large_blob_takes_little_memory(key, tmp_path):
    blob = tmp_path / "large"
    with open(blob, "wb") as file:
        file.truncate(1 << 30)
    signature = write(tmp_path / "b.json", bundle(messageSignature={"signature": ""}))
    limit = ("prlimit", f"--data={64 << 20}")
    refused(verify("--blob", blob, "--bundle", signature, "--key", key.path, prefix=limit), 12)


# ---- the document ----

def test_the_example_of_the_readme_runs_and_every_check_is_listed(tmp_path):
    readme = (ROOT / "steps" / "verify-signature" / "README.md").read_text()
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "weights.bin").write_bytes(b"weights")
    script = readme.split("```sh\n")[1].split("```")[0]
    env = {**os.environ, "PATH": f"{BUILD / 'bin'}:{os.environ['PATH']}"}
    done = subprocess.run(["sh", "-eu", "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count('"verdict": "pass"') == 2
    table = (ROOT / "common" / "sigstore" / "check.hpp").read_text()
    titles = re.findall(r'\{Check::\w+, "([^"]+)"', table)
    assert len(titles) == 24
    for number, title in enumerate(titles, 1):
        assert f"| {number} {title} |" in readme
