"""Models, gate reports and signatures as the steps before register-model leave them."""
import hashlib
import json
import pathlib
from dataclasses import dataclass

from support.mlsteps import run, succeeded

COSIGN_PASSWORD = {"COSIGN_PASSWORD": "correct horse"}


def write_model(directory, weights="weights"):
    directory = pathlib.Path(directory)
    (directory / "data").mkdir(parents=True, exist_ok=True)
    (directory / "MLmodel").write_text("flavors:\n  python_function:\n    loader_module: none\n")
    (directory / "data" / "weights.bin").write_text(weights)
    (directory / "data" / "empty").write_text("")
    return directory


def tree_digest(directory):
    """As sha256sum would have it; see common/crypto/file_hash.hpp."""
    files = sorted(str(p.relative_to(directory)).encode() for p in pathlib.Path(directory).rglob("*") if p.is_file())
    lines = [hashlib.sha256((pathlib.Path(directory) / f.decode()).read_bytes()).hexdigest().encode() + b"  " + f + b"\n" for f in files]
    return "sha256:" + hashlib.sha256(b"".join(lines)).hexdigest()


def gate(name="f1", status="pass", value=0.8, bound=0.7, severity="error"):
    return {"name": name, "kind": "metric", "status": status, "severity": severity, "value": value, "bound": bound,
            "comparison": ">=", "formula": "f1", "samples": 100, "interval": [0.75, 0.85], "message": ""}


def write_gate_report(path, model, verdict="pass", gates=None, **changes):
    """A report about the directory `model`, or about none when it is None."""
    subject = {"model_digest": tree_digest(model)} if model else {}
    document = {"schema_version": 1, "verdict": verdict, "created": "2026-01-02T03:04:05Z", "subject": subject,
                "headline": {"gate": "f1"}, "metrics": {"f1": 0.8}, "gates": gates or [gate()], **changes}
    path.write_text(json.dumps(document))
    return path


def write_training_record(path, model, **changes):
    document = {"schema_version": 1, "command": ["train"], "parameters": {"lr": "0.1"}, "seed": 7,
                "git": {"commit": "0123456789abcdef0123456789abcdef01234567", "dirty": False},
                "data": [{"name": "train", "path": "train.csv", "digest": "sha256:" + "d" * 64}], "image": None,
                "environment_digest": "sha256:" + "e" * 64, "environment": {}, "exit_code": 0, "state": "succeeded",
                "metrics": {"loss": 0.25}, "model": {"directory": str(model), "digest": tree_digest(model)}, **changes}
    path.write_text(json.dumps(document))
    return path


@dataclass
class KeyPair:
    private: pathlib.Path
    public: pathlib.Path


def make_key_pair(prefix):
    succeeded(run("build-pin-digest", "--generate-key-pair", prefix, env=COSIGN_PASSWORD))
    return KeyPair(pathlib.Path(f"{prefix}.key"), pathlib.Path(f"{prefix}.pub"))


def sign_model(model, key, bundle):
    succeeded(run("build-pin-digest", "--sign-key", key.private, "--sign-model", model, "--model-bundle", bundle, env=COSIGN_PASSWORD))
    return bundle


def kill_at(n, *calls):
    """A prefix for run(): the process is killed at its n-th system call of those named, before it is made."""
    names = ",".join(calls)
    return ("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={names}", "-e", f"inject={names}:signal=SIGKILL:when={n}")


# Where files get their names, lose them, or are made durable.
PUBLISHING = ("rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat", "fsync", "ftruncate")
