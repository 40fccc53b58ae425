"""Signers that are killed at every rename, and run again: one key pair, one signature in each form."""
import pytest
from support.mlsteps import kill_at_rename, run, succeeded

PASSWORD = {"COSIGN_PASSWORD": "correct horse"}


def killed_at_every_rename(step, *arguments):
    """Runs the step again and again, killed at its first rename, its second and so on; then once to its end."""
    for n in range(1, 40):
        result = run(step, *arguments, env=PASSWORD, prefix=kill_at_rename(n))
        if result.code == 0:
            assert n > 1, "it was never killed"
            return
    pytest.fail(f"{step} never came to its end")


def test_a_killed_key_generation_ends_in_one_pair(tmp_path):
    # The first rename publishes nothing but an empty result file, so every run starts anew.
    for n in range(1, 12):
        prefix = tmp_path / f"pair-{n}"
        first = run("build-pin-digest", "--generate-key-pair", prefix, env=PASSWORD, prefix=kill_at_rename(n))
        if first.code == 0:
            break
        public, private = prefix.with_suffix(".pub"), prefix.with_suffix(".key")
        if not (public.exists() and private.exists()):
            succeeded(run("build-pin-digest", "--generate-key-pair", prefix, env=PASSWORD))
        (tmp_path / "m").mkdir(exist_ok=True)
        (tmp_path / "m" / "f").write_text("f")
        signature = tmp_path / f"{n}.sig"
        succeeded(run("build-pin-digest", "--sign-model", tmp_path / "m", "--model-bundle", signature, "--sign-key", private,
                      env=PASSWORD))
        succeeded(run("verify-signature", "--model", tmp_path / "m", "--bundle", signature, "--key", public))
    assert n > 2


def test_a_killed_signer_ends_with_one_signature_in_each_form(tmp_path):
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "weights.bin").write_bytes(b"weights")
    succeeded(run("build-pin-digest", "--generate-key-pair", tmp_path / "k", env=PASSWORD))
    image = f"oci:{tmp_path}/layout:v1"
    killed_at_every_rename("build-pin-digest", "--image", image, "--model", tmp_path / "m", "--sign-key", tmp_path / "k.key")
    result = succeeded(run("verify-signature", "--image", image, "--key", tmp_path / "k.pub", "--output", "json"))
    assert [each["form"] for each in result.json["targets"][0]["signatures"]] == ["bundle", "simple-signing"]
    assert result.json["targets"][0]["refusals"] == []
