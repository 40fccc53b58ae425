"""What promote-alias demands before it moves an alias: gate reports, signatures, approvals."""
import datetime
import json
import subprocess

import pytest
import yaml

from support.mlsteps import CACHE, run, succeeded
from support.models import COSIGN_PASSWORD, make_key_pair, sign_model, tree_digest, write_model
from support.promotion import Registry, refused


@pytest.fixture
def registry(tmp_path):
    made = Registry(tmp_path)
    made.add(1)
    made.add(2)
    return made


def test_without_evidence_no_move(registry, tmp_path):
    registry.add(3, gate=False)
    refused(registry.to("challenger", 3), 10, "has no gate-report.json")
    result = succeeded(registry.to("challenger", 3, "--on-reject", "report")).results
    assert (result["changed"], registry.records()) == ("false", [])
    registry.add(4)
    blob = next(path for path in (registry.root / "blobs" / "sha256").iterdir() if path.read_bytes() == (tmp_path / "report-4.json").read_bytes())
    blob.chmod(0o644)
    blob.write_text(blob.read_text().replace("0.8", "0.9"))
    refused(registry.to("challenger", 4), 3, "sha256:")
    assert registry.records() == []


def with_policy(registry, name="policy.yaml", **needs):
    """The default policy, where the way to challenger needs this as well."""
    policy = yaml.safe_load(succeeded(run("promote-alias", "--print-policy")).out)
    policy["transitions"][0]["needs"].update(needs)
    path = registry.path / name
    path.write_text(yaml.safe_dump(policy))
    return ("--policy", path)


def test_a_signature_is_verified_over_the_registrys_own_files(tmp_path):
    registry = Registry(tmp_path)
    key = make_key_pair(tmp_path / "cosign")
    model = write_model(tmp_path / "model-1", "weights 1")
    bundle = sign_model(model, key, tmp_path / "model.sig")
    registry.add(1, "--model-signature", bundle, "--key", key.public)
    registry.add(2)
    policy = with_policy(registry, signature=True)
    refused(registry.to("challenger", 1, *policy), 2, "--key")
    refused(registry.to("challenger", 2, *policy, "--key", key.public), 10, "has no model-signature.json")
    refused(registry.to("challenger", 1, *policy, "--key", make_key_pair(tmp_path / "other").public), 10, "does not hold")
    succeeded(registry.to("challenger", 1, *policy, "--key", key.public, "--plan"))
    weights = next((registry.root / "artifacts").glob(f"{tree_digest(model).removeprefix('sha256:')}/data/weights.bin"))
    weights.chmod(0o644)
    weights.write_text("poisoned!")
    assert registry.to("challenger", 1, *policy, "--key", key.public).code in (3, 10)
    weights.write_text("weights 1")
    succeeded(registry.to("challenger", 1, *policy, "--key", key.public))
    assert registry.records()[0]["evidence"]["signature"]["key"].startswith("sha256:")


def write_approval(registry, name="approval.yaml", approver="bob", **changes):
    expires = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    approval = {"approver": approver, "model": "diabetes", "version": 1, "model_digest": tree_digest(registry.path / "model-1"),
                "to": "challenger", "expires": expires.strftime("%Y-%m-%dT%H:%M:%SZ"), **changes}
    path = registry.path / name
    path.write_text(json.dumps(approval) if name.endswith(".json") else "".join(f"{k}: '{v}'\n" if k != "version" else f"{k}: {v}\n" for k, v in approval.items()))
    return path


def test_approvals(registry):
    policy = (*with_policy(registry, approvals={"count": 2}), "--actor", "alice")
    bob = write_approval(registry, "bob.yaml")
    carol = write_approval(registry, "carol.json", approver="carol")
    refused(registry.to("challenger", 1, *policy), 10, "2 approvals are needed, 0 given")
    refused(registry.to("challenger", 1, *policy, "--approval", bob), 10, "1 given")
    refused(registry.to("challenger", 1, *policy, "--approval", bob, "--approval", bob), 10, "has approved already")
    own = write_approval(registry, "own.yaml", approver="alice")
    refused(registry.to("challenger", 1, *policy, "--approval", bob, "--approval", own), 10, "who makes the move")
    for name, change, part in [("old", {"expires": "2020-01-01T00:00:00Z"}, "it expired"), ("version", {"version": 2}, "version 2, not 1"),
                               ("digest", {"model_digest": "sha256:" + "0" * 64}, "for the model"),
                               ("to", {"to": "champion"}, "the move to champion"), ("model", {"model": "other"}, "for model other")]:
        bad = write_approval(registry, name + ".yaml", approver="dave", **change)
        refused(registry.to("challenger", 1, *policy, "--approval", bob, "--approval", bad), 10, part)
    succeeded(registry.to("challenger", 1, *policy, "--approval", bob, "--approval", carol))
    assert [each["approver"] for each in registry.records()[0]["evidence"]["approvals"]] == ["bob", "carol"]


def test_a_malformed_approval_is_an_input_error(registry):
    bad = registry.path / "bad.yaml"
    bad.write_text("approver: bob\nmodel: diabetes\nversion: one\n")
    refused(registry.to("challenger", 1, "--approval", bad), 3, "bad.yaml:3:")
    bad.write_text("approver: bob\naprover: eve\n")
    refused(registry.to("challenger", 1, "--approval", bad), 3, "bad.yaml:2:")
    refused(registry.to("challenger", 1, "--approval", "/nowhere"), 4, "/nowhere")


def test_signed_approvals(registry):
    cosign = CACHE / "go" / "cosign3" / "cosign"
    policy = (*with_policy(registry, approvals={"count": 1, "signed": True}), "--actor", "alice")
    key = make_key_pair(registry.path / "bob")
    approval = write_approval(registry)
    refused(registry.to("challenger", 1, *policy, "--approval", approval, "--key", key.public), 10, "it is not signed")
    config = registry.path / "signing-config.json"
    config.write_text(json.dumps({"mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json"}))
    subprocess.run([cosign, "sign-blob", "--yes", "--key", key.private, "--signing-config", config, "--bundle", f"{approval}.sigstore.json", approval],
                   env={**COSIGN_PASSWORD, "HOME": str(registry.path), "PATH": "/usr/bin:/bin"}, check=True, capture_output=True)
    refused(registry.to("challenger", 1, *policy, "--approval", approval), 2, "--key")
    refused(registry.to("challenger", 1, *policy, "--approval", approval, "--key", make_key_pair(registry.path / "eve").public), 10, "does not count")
    signed = approval.read_text()
    approval.write_text(signed.replace("bob", "eve"))
    refused(registry.to("challenger", 1, *policy, "--approval", approval, "--key", key.public), 10, "does not count")
    approval.write_text(signed)
    succeeded(registry.to("challenger", 1, *policy, "--approval", approval, "--key", key.public))
    assert registry.records()[0]["evidence"]["approvals"][0]["key"].startswith("sha256:")
