"""examples/train-to-serve/run.sh as a newcomer runs it, every variant of it, and what each leaves behind."""
import fcntl
import hashlib
import json
import os
import pathlib
import signal
import subprocess
import time
import urllib.parse
import urllib.request

import pytest

from support.mlflow_server import mlflow_server
from support.mlsteps import BUILD, CACHE, ROOT, run, succeeded
from support.registries import olareg

RUN = ROOT / "examples" / "train-to-serve" / "run.sh"
COSIGN = CACHE / "go" / "cosign3" / "cosign"


def environment():
    return {**os.environ, "MLSTEPS_BUILD": str(BUILD), "MLSTEPS_CACHE": str(CACHE)}


class Flow:
    """A work directory and what stands in it."""

    def __init__(self, work, registry=None, options=()):
        self.work = pathlib.Path(work)
        self.registry = registry or str(self.work / "registry")
        self.options = list(options)

    def run(self, *options, code=0):
        done = subprocess.run([RUN, "--work", self.work, *self.options, *options], env=environment(), capture_output=True,
                              text=True, timeout=600)
        assert done.returncode == code, done.stderr[-6000:]
        return done.stderr

    def result(self, step, name):
        return (self.work / "results" / step / name).read_text()

    def status(self):
        """Version to state."""
        ledger = ["--ledger", self.work / "ledger"] if self.registry.startswith("http") else []
        shown = succeeded(run("promote-alias", "--registry", self.registry, "--name", "diabetes", "--status", "--format", "json",
                              *ledger))
        return {each["version"]: each["state"] for each in shown.json["versions"]}

    def verify_ledger(self):
        ledger = ["--ledger", self.work / "ledger"] if self.registry.startswith("http") else []
        succeeded(run("promote-alias", "--registry", self.registry, "--name", "diabetes", "--verify-ledger", *ledger))

    def commits(self):
        log = subprocess.check_output(["git", "-C", self.work / "gitops", "log", "--format=%H"], text=True)
        return log.split()

    def manifest(self):
        return (self.work / "gitops" / "serving" / "diabetes.yaml").read_text()

    def kept(self):
        """Everything but logs and results, which each run writes anew."""
        files = {}
        for path in sorted(self.work.rglob("*")):
            inside = path.relative_to(self.work)
            if path.is_file() and not path.is_symlink() and inside.parts[0] not in ("logs", "results", "server.port", "data"):
                files[str(inside)] = hashlib.sha256(path.read_bytes()).hexdigest()
        return files


def about_directory(flow, digest):
    """The directory of the training that made this model."""
    for directory in (flow.work / "models").iterdir():
        if (directory / "train-results" / "model-digest").read_text() == digest:
            return directory.name
    raise AssertionError(f"no training made {digest}")


@pytest.fixture(scope="module")
def flow(tmp_path_factory):
    """The flow, run once."""
    made = Flow(tmp_path_factory.mktemp("flow"))
    made.log = made.run()
    return made


def test_the_first_run_brings_two_models_to_serving(flow):
    assert flow.status() == {1: "archived", 2: "champion"}
    flow.verify_ledger()
    assert len(flow.commits()) == 3  # the beginning, the baseline, the candidate
    digest = flow.result("candidate-train", "model-digest")
    assert f"artifacts/{digest[7:]}" in flow.manifest()
    assert "kind: InferenceService" in flow.manifest()
    for step in ("preprocess", "candidate-train", "candidate-build", "candidate-verify-image", "candidate-verify-model",
                 "candidate-gate", "candidate-register", "candidate-challenger", "candidate-champion", "candidate-deploy"):
        assert f"\n{step} " in flow.log, step
    assert "done: version 2 of diabetes serves" in flow.log


def test_what_was_said_of_the_model_is_about_this_very_model(flow):
    digest = flow.result("candidate-train", "model-digest")
    reports = [json.loads(path.read_text()) for path in flow.work.glob("models/*/gates/*/gate-report.json")]
    about = [each for each in reports if each["subject"]["model_digest"] == digest]
    assert len(about) == 1 and about[0]["verdict"] == "pass"
    assert {gate["kind"] for gate in about[0]["gates"]} == {"metric", "champion", "data-quality", "fairness", "latency", "serving"}
    record = json.loads(next(flow.work.glob(f"models/{about_directory(flow, digest)}/training-record.json")).read_text())
    assert record["model"]["digest"] == digest and record["parameters"] == {"features": "all", "labels": "true"}
    assert record["data"][0]["digest"] == "sha256:" + hashlib.sha256(
        (flow.work / "prepared" / "patients.csv").read_bytes()).hexdigest()


def test_the_second_run_changes_nothing(flow):
    before, commits = flow.kept(), flow.commits()
    log = flow.run()
    assert flow.kept() == before
    assert flow.commits() == commits
    assert flow.result("preprocess", "cache-hit") == "true"
    assert flow.result("preprocess-requests", "cache-hit") == "true"
    assert "candidate-train          cached" in log and "candidate-gate           cached" in log
    assert flow.result("candidate-register", "created") == "false"
    assert flow.result("candidate-champion", "changed") == "false"
    assert flow.result("candidate-deploy", "changed") == "false"
    assert "baseline" not in log.split("\nstep ")[1]


def test_one_run_at_a_time(flow):
    with open(flow.work / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another run is at work in" in flow.run(code=4)


def test_a_bad_model_is_stopped_by_a_gate(flow):
    commits, manifest = flow.commits(), flow.manifest()
    log = flow.run("--bad-model")
    assert flow.result("candidate-train", "state") == "succeeded"  # nothing but the gate could have noticed
    assert flow.result("candidate-gate", "verdict") == "fail"
    failed = flow.result("candidate-gate", "failed-gates").split(",")
    assert {"accuracy", "ranking", "not worse than the champion"} <= set(failed)
    assert "candidate-gate           rejected (10)" in log
    assert flow.status() == {1: "archived", 2: "champion"}
    assert (flow.commits(), flow.manifest()) == (commits, manifest)


def test_a_model_changed_after_signing_is_stopped_by_its_signature(flow):
    commits = flow.commits()
    log = flow.run("--tamper")
    assert flow.result("candidate-verify-model", "verdict") == "fail"
    assert "1 changed since they were signed: model.joblib" in log
    assert "candidate-verify-model   rejected (10)" in log and "candidate-gate" not in log.split("\nstep ")[1]
    assert flow.status() == {1: "archived", 2: "champion"}
    assert flow.commits() == commits


def test_drift_trips_the_data_quality_gate(flow):
    commits = flow.commits()
    flow.run("--drift")
    assert flow.result("candidate-gate", "failed-gates") == "requests look like training"
    assert flow.status() == {1: "archived", 2: "champion"}
    assert flow.commits() == commits


def test_changed_data_are_trained_on_and_come_to_serving(flow):
    before = flow.manifest()
    flow.run("--change-data")
    assert flow.result("preprocess", "cache-hit") == "false"
    assert flow.result("candidate-register", "created") == "true"
    assert flow.status() == {1: "archived", 2: "archived", 3: "champion"}
    assert flow.manifest() != before
    flow.verify_ledger()
    commits = flow.commits()
    flow.run("--change-data")
    assert flow.status() == {1: "archived", 2: "archived", 3: "champion"}
    assert flow.commits() == commits


def test_the_old_data_again_bring_the_old_model_back(flow):
    """The same inputs are the same version: nothing is trained or registered a second time."""
    flow.run("--change-data")
    log = flow.run()
    assert "candidate-train          cached" in log
    assert flow.result("candidate-register", "created") == "false"
    assert flow.status() == {1: "archived", 2: "champion", 3: "archived"}
    flow.verify_ledger()


def test_killed_in_the_middle_and_run_again(tmp_path):
    interrupted = Flow(tmp_path / "work")
    process = subprocess.Popen([RUN, "--work", interrupted.work], env=environment(), stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 300
    while not (interrupted.work / "results" / "baseline-champion").exists():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    interrupted.run()
    # Where it was killed decides whether the baseline had come to serve; the end is the same.
    assert interrupted.status()[2] == "champion"
    assert len(interrupted.status()) == 2
    interrupted.verify_ledger()
    assert f"artifacts/{interrupted.result('candidate-train', 'model-digest')[7:]}" in interrupted.manifest()


def test_with_a_real_mlflow_server_and_a_real_registry(tmp_path):
    with mlflow_server(tmp_path / "mlflow") as server, olareg(tmp_path / "registry") as registry:
        flow = Flow(tmp_path / "work", server.url, ["--mlflow", server.url, "--registry", str(registry)])
        log = flow.run("--bad-model")  # nothing serves yet, so the whole flow comes first
        assert "nothing serves yet: the flow without --bad-model comes first" in log
        assert flow.result("candidate-gate", "verdict") == "fail"
        assert flow.status() == {1: "archived", 2: "champion"}
        flow.verify_ledger()
        commits = flow.commits()
        flow.run()
        assert flow.commits() == commits
        assert flow.result("candidate-register", "created") == "false"

        # What others see: MLflow's own API, cosign, and the address that KServe is given.
        query = urllib.parse.urlencode({"name": "diabetes", "alias": "champion"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{server.url}/api/2.0/mlflow/registered-models/alias?{query}") as answer:
            assert json.load(answer)["model_version"]["version"] == "2"
        image = flow.result("candidate-build", "IMAGE_REF")
        assert f"storageUri: oci://{image}" in flow.manifest()
        cosign = subprocess.run([COSIGN, "verify", "--key", flow.work / "keys" / "cosign.pub", "--insecure-ignore-tlog",
                                 "--allow-http-registry", image], capture_output=True, text=True)
        assert cosign.returncode == 0, cosign.stderr


@pytest.mark.parametrize("options, message", [
    (["--bad-modle"], "unknown option '--bad-modle'; try --help"),
    (["--mlflow", "http://127.0.0.1:1"], "--mlflow needs --registry HOST"),
    (["--work"], "--work needs a directory"),
])
def test_what_is_refused(options, message):
    done = subprocess.run([RUN, *options], env=environment(), capture_output=True, text=True)
    assert done.returncode in (1, 2) and message in done.stderr


def test_help_names_every_variant():
    done = subprocess.run([RUN, "--help"], env=environment(), capture_output=True, text=True)
    assert done.returncode == 0
    for option in ("--change-data", "--bad-model", "--tamper", "--drift", "--mlflow", "--registry", "--work"):
        assert option in done.stdout
