#!/usr/bin/env python3
"""One table of ratios: mlsteps beside its peers, each measured as a whole process, in one run on one machine.

    tests/bench/run.py [--rounds N] [--size-mib N] [--only WORD]

Needs what tests/run.sh installs and a release build in build/ (or MLSTEPS_BUILD)."""
import argparse
import contextlib
import os
import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from bench.measure import once, side_by_side, table  # noqa: E402
from support.mlflow_server import mlflow_server  # noqa: E402
from support.mlsteps import CACHE, ROOT, executable  # noqa: E402
from support.registries import olareg  # noqa: E402

PEERS = CACHE / "go"
STEPS = sorted(p.name for p in (ROOT / "steps").iterdir() if p.is_dir())


def random_file(path, mebibytes):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        for _ in range(mebibytes):
            file.write(os.urandom(1 << 20))
    return path


def cold_start(options, work):
    for step in STEPS:
        yield side_by_side(f"{step} --version", lambda step=step: once([executable(step), "--version"]), rounds=options.rounds)
    yield side_by_side(
        "verify-signature --help", lambda: once([executable("verify-signature"), "--help"]),
        "cosign", lambda: once([PEERS / "cosign3" / "cosign", "verify", "--help"]), options.rounds)


def push(options, work):
    """A file of --size-mib as one uncompressed layer, pushed to an empty repository of the same registry each time."""
    weights = random_file(work / "push" / "weights.bin", options.size_mib)
    tar = work / "push.tar"
    with olareg(work / "registry") as registry:
        counter = iter(range(1_000_000))

        def ours():
            return once([executable("build-pin-digest"), "--base", "scratch", "--layer", f"{weights}:/models/weights.bin",
                         "--compression", "none", "--plain-http", registry,
                         "--image", f"{registry}/ours{next(counter)}:v1", "--results-dir", work / "results"])

        def theirs():
            target = f"{registry}/theirs{next(counter)}:v1"
            # crane takes a tar: making it is part of the same work.
            command = f"tar -C {weights.parent} -cf {tar} weights.bin && {PEERS}/crane/crane append --insecure -f {tar} -t {target}"
            return once(["sh", "-c", command])

        yield side_by_side(f"build and push {options.size_mib} MiB", ours, "tar + crane append", theirs, min(options.rounds, 3))


def verify(options, work):
    """A bundle from a file, by key, with nothing from the network."""
    home = work / "verify"
    home.mkdir()
    blob = random_file(home / "blob", 1)
    cosign = PEERS / "cosign3" / "cosign"
    env = {"COSIGN_PASSWORD": "x", "HOME": str(home)}
    once([cosign, "generate-key-pair"], env, home)
    once([cosign, "signing-config", "create", "--out", "sc.json"], env, home)
    once([cosign, "trusted-root", "create", "--out", "tr.json"], env, home)
    once([cosign, "sign-blob", "--yes", "--key", "cosign.key", "--signing-config", "sc.json", "--trusted-root", "tr.json",
          "--bundle", "b.json", blob], env, home)
    yield side_by_side(
        "verify a bundle",
        lambda: once([executable("verify-signature"), "--blob", blob, "--bundle", "b.json", "--key", "cosign.pub"], cwd=home),
        "cosign verify-blob",
        lambda: once([cosign, "verify-blob", "--key", "cosign.pub", "--bundle", "b.json", "--insecure-ignore-tlog", blob], env, home),
        options.rounds)


def cache_hit(options, work):
    home = work / "cache"
    data = random_file(home / "in.bin", options.size_mib)

    def prepare():
        shutil.rmtree(home / "out", ignore_errors=True)

    def ours():
        return once([executable("preprocess-runner"), "--input", f"raw={data}", "--output", f"count={home}/out/count",
                     "--cache-dir", home / "store", "--", "sh", "-c", 'wc -c < "$1" > "$2"', "count", "{input.raw}",
                     "{output.count}"], cwd=home)

    ours()
    yield side_by_side(
        f"cache hit on {options.size_mib} MiB", lambda: (prepare(), ours())[1],
        "openssl dgst", lambda: once(["openssl", "dgst", "-sha256", data]), min(options.rounds, 3))


def registry(options, work):
    model = work / "registry-model"
    random_file(model / "model.bin", 1)
    client = work / "client.py"
    client.write_text(
        "import sys, mlflow\n"
        "from mlflow import MlflowClient\n"
        "uri, what, name = sys.argv[1:4]\n"
        "mlflow.set_tracking_uri(uri)\n"
        "client = MlflowClient()\n"
        "if what == 'register':\n"
        "    run = client.create_run(client.create_experiment(name), tags={'mlflow.runName': name})\n"
        "    client.log_artifacts(run.info.run_id, sys.argv[4], 'model')\n"
        "    client.create_registered_model(name)\n"
        "    client.create_model_version(name, run.info.artifact_uri + '/model', run.info.run_id)\n"
        "    client.set_terminated(run.info.run_id)\n"
        "else:\n"
        "    client.set_registered_model_alias(name, 'challenger', '1')\n"
        "    assert client.get_model_version_by_alias(name, 'challenger').version == '1'\n")
    python = CACHE / "python-tests" / "bin" / "python"
    with mlflow_server(work / "mlflow") as server:
        uri = server.url
        counter = iter(range(1_000_000))
        last = {}

        def register_ours():
            last["ours"] = f"ours{next(counter)}"
            return once([executable("register-model"), "--registry", uri, "--name", last["ours"], "--model", model,
                         "--results-dir", work / "results"])

        def register_theirs():
            last["theirs"] = f"theirs{next(counter)}"
            return once([python, client, uri, "register", last["theirs"], model])

        yield side_by_side("register on MLflow", register_ours, "mlflow client", register_theirs, options.rounds)

        # A move without evidence, as the peer's: what is compared is the moving.
        policy = work / "policy.yaml"
        policy.write_text(POLICY_WITHOUT_NEEDS)

        def promote_ours():
            register_ours()
            return once([executable("promote-alias"), "--registry", uri, "--name", last["ours"], "--model-version", "1", "--to",
                         "challenger", "--policy", policy, "--ledger", work / "ledger" / last["ours"], "--results-dir", work / "results"])

        def promote_theirs():
            register_theirs()
            return once([python, client, uri, "promote", last["theirs"]])

        yield side_by_side("promote on MLflow", promote_ours, "mlflow client", promote_theirs, options.rounds)


POLICY_WITHOUT_NEEDS = """\
schema_version: 1
aliases: [challenger]
serving: challenger
transitions:
  - {to: challenger, from: [registered], replaced: registered}
"""
BENCHES = {"start": cold_start, "push": push, "verify": verify, "cache": cache_hit, "registry": registry}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--size-mib", type=int, default=1024)
    parser.add_argument("--only", choices=sorted(BENCHES))
    options = parser.parse_args()
    rows = []
    with contextlib.ExitStack() as stack:
        work = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(dir="/var/tmp", prefix="mlsteps-bench.")))
        for name, bench in BENCHES.items():
            if options.only in (None, name):
                for row in bench(options, work):
                    rows.append(row)
                    print("  ".join(row.cells()), file=sys.stderr)
    print(table(rows))


if __name__ == "__main__":
    main()
