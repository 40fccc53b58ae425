"""verify-signature and build-pin-digest against the reference implementation of OpenSSF Model Signing, both ways."""
import os
import subprocess
import sys

import pytest

from support.mlsteps import run, succeeded

PASSWORD = {"COSIGN_PASSWORD": "correct horse"}


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def make_key(directory, curve="P-256"):
    """PREFIX.key (PKCS#8, unencrypted) and PREFIX.pub."""
    prefix = directory / curve
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}", "-out", f"{prefix}.key")
    openssl("pkey", "-in", f"{prefix}.key", "-pubout", "-out", f"{prefix}.pub")
    return prefix


def reference(*arguments):
    """The command line of the Python package."""
    done = subprocess.run([sys.executable, "-m", "model_signing", *map(str, arguments)], capture_output=True, text=True,
                          timeout=120)
    return done.returncode, done.stdout + done.stderr


def reference_sign(model, key, signature, *options):
    code, text = reference("sign", "key", model, "--private_key", f"{key}.key", "--signature", signature, *options)
    assert code == 0, text


def reference_verify(model, key, signature, *options):
    return reference("verify", "key", model, "--public_key", f"{key}.pub", "--signature", signature, *options)


def verify(model, key, signature, *options):
    return run("verify-signature", "--model", model, "--bundle", signature, "--key", f"{key}.pub", "--output", "json", *options)


def sign(model, key, signature):
    return succeeded(run("build-pin-digest", "--sign-model", model, "--model-bundle", signature, "--sign-key", f"{key}.key",
                         env=PASSWORD))


@pytest.fixture
def key(tmp_path):
    return make_key(tmp_path)


@pytest.fixture
def model(tmp_path):
    """A model whose names sort differently as texts and as paths, with what Git leaves behind."""
    root = tmp_path / "model"
    for name, content in {"model.onnx": os.urandom(5 << 20), "a/b": b"1", "a-1/x": b"2", "a.txt": b"3", "empty": b"",
                          "sub dir/ümlaut.bin": b"4", ".gitignore": b"*.pyc\n", ".git/config": b"[core]\n"}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


@pytest.mark.parametrize("curve", ["P-256", "P-384", "P-521"])
def test_a_model_signed_by_the_reference_verifies(model, tmp_path, curve):
    key = make_key(tmp_path, curve)
    reference_sign(model, key, tmp_path / "model.sig")
    result = succeeded(verify(model, key, tmp_path / "model.sig"))
    signature = result.json["targets"][0]["signatures"][0]
    assert signature["predicate_type"] == "https://model_signing/signature/v1.0"
    assert any("left out" in note and ".git" in note for note in signature["notes"])
    assert result.results["verdict"] == "pass"


def test_the_reference_accepts_a_model_signed_here(model, key, tmp_path):
    sign(model, key, tmp_path / "model.sig")
    succeeded(verify(model, key, tmp_path / "model.sig"))
    code, text = reference_verify(model, key, tmp_path / "model.sig")
    assert code == 0, text
    (model / "a/b").write_bytes(b"changed")
    code, text = reference_verify(model, key, tmp_path / "model.sig")
    assert code != 0
    assert verify(model, key, tmp_path / "model.sig").code == 10


@pytest.mark.parametrize("signer", ["reference", "ours"])
def test_the_signature_may_lie_in_the_model(model, key, signer):
    signature = model / "model.sig"
    if signer == "ours":
        sign(model, key, signature)
    else:
        reference_sign(model, key, signature)
    succeeded(verify(model, key, signature))
    code, text = reference_verify(model, key, signature)
    assert code == 0, text


@pytest.mark.parametrize("change, word", [
    (lambda root: (root / "a.txt").write_bytes(b"x"), "changed since they were signed: a.txt"),
    (lambda root: (root / "a.txt").unlink(), "signed but not there: a.txt"),
    (lambda root: (root / "new.py").write_bytes(b""), "there but not signed: new.py"),
    (lambda root: (root / "link").symlink_to("a.txt"), "link is a symbolic link"),
])
@pytest.mark.parametrize("signer", ["reference", "ours"])
def test_a_changed_model_is_refused_by_name(model, key, tmp_path, signer, change, word):
    signature = tmp_path / "model.sig"
    (sign if signer == "ours" else reference_sign)(model, key, signature)
    change(model)
    result = verify(model, key, signature)
    assert result.code == 10
    assert "check 24 (model files)" in result.err
    assert word in result.err
    assert result.results["verdict"] == "fail"


def test_paths_that_need_no_signature(model, key, tmp_path):
    reference_sign(model, key, tmp_path / "model.sig", "--ignore-paths", model / "a-1")
    succeeded(verify(model, key, tmp_path / "model.sig"))
    (model / "logs").mkdir()
    (model / "logs" / "today").write_text("x")
    assert verify(model, key, tmp_path / "model.sig").code == 10
    succeeded(verify(model, key, tmp_path / "model.sig", "--ignore-path", "logs"))


def test_a_model_of_one_file(key, tmp_path):
    model = tmp_path / "model.bin"
    model.write_bytes(b"weights")
    reference_sign(model, key, tmp_path / "model.sig")
    succeeded(verify(model, key, tmp_path / "model.sig"))
    model.write_bytes(b"Weights")
    assert verify(model, key, tmp_path / "model.sig").code == 10


def test_a_model_hashed_in_shards(model, key, tmp_path):
    from model_signing import hashing, signing

    shards = hashing.Config().use_shard_serialization(hashing_algorithm="sha256", shard_size=1000000)
    signer = signing.Config().use_elliptic_key_signer(private_key=f"{key}.key")
    signer.set_hashing_config(shards).sign(model, tmp_path / "model.sig")
    succeeded(verify(model, key, tmp_path / "model.sig"))
    with open(model / "model.onnx", "r+b") as file:
        file.seek(4_000_000)
        file.write(b"changed")
    result = verify(model, key, tmp_path / "model.sig")
    assert result.code == 10
    assert "model.onnx" in result.err


def test_another_hash_is_refused_clearly(model, key, tmp_path):
    from model_signing import hashing, signing

    other = hashing.Config().use_file_serialization(hashing_algorithm="blake2")
    signing.Config().use_elliptic_key_signer(private_key=f"{key}.key").set_hashing_config(other).sign(model, tmp_path / "model.sig")
    result = verify(model, key, tmp_path / "model.sig")
    assert result.code == 10
    assert "check 22 (model method)" in result.err


def test_a_foreign_key_is_refused_by_both(model, key, tmp_path):
    sign(model, key, tmp_path / "model.sig")
    other = make_key(tmp_path, "P-384")
    assert verify(model, other, tmp_path / "model.sig").code == 10
    assert reference_verify(model, other, tmp_path / "model.sig")[0] != 0


def test_signing_again_leaves_the_signature_alone(model, key, tmp_path):
    signature = tmp_path / "model.sig"
    sign(model, key, signature)
    before = signature.read_bytes()
    sign(model, key, signature)
    assert signature.read_bytes() == before
    (model / "a.txt").write_bytes(b"new")
    sign(model, key, signature)
    assert signature.read_bytes() != before
    succeeded(verify(model, key, signature))
