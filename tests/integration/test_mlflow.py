"""register-model and promote-alias against a real MLflow server, seen by MLflow's own Python client."""
import concurrent.futures
import json
import os
import subprocess

import mlflow
import pytest

from support.faulty_proxy import Answer, Reset, Rule, Truncate, faulty_proxy
from support.mlflow_server import mlflow_server
from support.mlsteps import run, succeeded
from support.models import kill_at, make_key_pair, sign_model, tree_digest, write_gate_report, write_model, write_training_record

# Where a request leaves the process: each is a point at which it may die.
SENDING = ("sendmsg", "sendto", "writev")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
    os.environ["NO_PROXY"] = "127.0.0.1"
    with mlflow_server(tmp_path_factory.mktemp("mlflow")) as running:
        mlflow.set_tracking_uri(running.url)
        yield running


@pytest.fixture
def client(server):
    return mlflow.MlflowClient(server.url)


@pytest.fixture
def name(request):
    """A model of its own for every test."""
    return request.node.name.removeprefix("test_").replace("_", "-")[:100]


@pytest.fixture
def registered(server, tmp_path, name):
    """Registers version N of the test's model from files of its own."""

    def call(number, *args, registry=server.url, name=name, **kwargs):
        model = tmp_path / f"model-{number}"
        if not model.exists():
            write_model(model, f"weights {number}")
        report = write_gate_report(tmp_path / f"report-{number}.json", model)
        return run("register-model", "--registry", registry, "--name", name, "--model", model, "--gate-report", report,
                   "--require-gate", *args, **kwargs)

    return call


@pytest.fixture
def promote(server, tmp_path, name):
    def call(*args, registry=server.url, **kwargs):
        return run("promote-alias", "--registry", registry, "--name", name, "--ledger", tmp_path / "ledger", *args, **kwargs)

    return call


def records(tmp_path, name):
    path = tmp_path / "ledger" / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def aliases(client, name):
    return {alias: int(version) for alias, version in client.get_registered_model(name).aliases.items()}


def test_the_python_client_reads_what_was_registered(registered, client, tmp_path, name):
    model = write_model(tmp_path / "model-1", "weights 1")
    record = write_training_record(tmp_path / "training-record.json", model)
    result = succeeded(registered(1, "--training-record", record, "--tag", "team=blue", "--description", "the first")).results
    assert (result["model-version"], result["created"], result["storage-uri"]) == ("1", "true", "")
    version = client.get_model_version(name, "1")
    assert version.description == "the first"
    assert version.status == "READY"
    assert version.tags["git.commit"] == "0123456789abcdef0123456789abcdef01234567"
    assert version.tags["model.digest"] == tree_digest(model)
    assert version.tags["mlsteps.key"] == result["registry-key"]
    assert version.tags["gate.verdict"] == "pass"
    fetched = mlflow.artifacts.download_artifacts(f"models:/{name}/1", dst_path=str(tmp_path / "fetched"))
    # The client writes a note of its own beside the model's files.
    (tmp_path / "fetched" / "registered_model_meta").unlink(missing_ok=True)
    assert tree_digest(fetched) == tree_digest(model)
    report = mlflow.artifacts.download_artifacts(run_id=version.run_id, dst_path=str(tmp_path / "run"),
                                                 artifact_path=f"mlsteps/{result['registry-key'].removeprefix('sha256:')[:16]}/gate-report.json")
    assert json.load(open(report))["verdict"] == "pass"


def test_the_run_and_the_logged_model_are_whole(registered, client, tmp_path, name):
    succeeded(registered(1))
    version = client.get_model_version(name, "1")
    logged = client.get_logged_model(version.source.removeprefix("models:/"))
    assert str(logged.status) == "READY"
    assert logged.source_run_id == version.run_id
    assert {metric.key: metric.value for metric in logged.metrics} == {"f1": 0.8}
    finished = client.get_run(version.run_id)
    assert finished.info.status == "FINISHED"
    assert finished.data.metrics == {"f1": 0.8}
    assert [each.model_id for each in finished.outputs.model_outputs] == [logged.model_id]


def test_registered_twice_it_is_one_version(registered, client, name):
    first = succeeded(registered(1)).results
    assert succeeded(registered(1)).results == {**first, "created": "false"}
    assert succeeded(registered(2)).results["model-version"] == "2"
    assert len(client.search_model_versions(f"name='{name}'")) == 2


def test_registered_by_six_at_once_it_is_one_version(registered, client, name):
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        results = [succeeded(each).results for each in pool.map(lambda _: registered(1), range(6))]
    assert {each["model-version"] for each in results} == {"1"}
    assert sorted(each["created"] for each in results) == ["false"] * 5 + ["true"]
    assert len(client.search_model_versions(f"name='{name}'")) == 1
    assert not [tag for tag in client.get_registered_model(name).tags if tag.startswith("mlsteps.lock.")]


def test_a_run_of_this_server_is_used(registered, client, name, tmp_path):
    with mlflow.start_run() as training:
        mlflow.log_param("lr", 0.1)
    succeeded(registered(1, "--run-id", training.info.run_id))
    version = client.get_model_version(name, "1")
    assert version.run_id == training.info.run_id
    assert client.get_run(version.run_id).data.params == {"lr": "0.1"}
    succeeded(registered(1, "--run-id", "pipeline-run-77"))
    other = client.get_model_version(name, "2")
    assert other.run_id != training.info.run_id
    assert other.tags["run.id"] == "pipeline-run-77"


def test_a_model_that_is_elsewhere_is_not_uploaded(registered, client, name):
    uri = "oci://registry.example/m@sha256:" + "a" * 64
    assert succeeded(registered(1, "--storage-uri", uri)).results["storage-uri"] == uri
    assert client.get_model_version(name, "1").source == uri


def test_the_lifecycle_as_the_python_client_sees_it(registered, promote, client, name, tmp_path):
    succeeded(registered(1)), succeeded(registered(2))
    for version in ("1", "2"):
        succeeded(promote("--to", "challenger", "--model-version", version))
        assert aliases(client, name)["challenger"] == int(version)
        succeeded(promote("--to", "champion", "--model-version", version))
        assert client.get_model_version_by_alias(name, "champion").version == version
    assert aliases(client, name) == {"champion": 2}
    assert client.get_model_version(name, "1").tags["lifecycle.state"] == "archived"
    assert succeeded(promote("--to", "champion", "--model-version", "2")).results["changed"] == "false"
    succeeded(promote("--verify-ledger"))
    back = succeeded(promote("--rollback")).results
    assert (back["version"], back["previous-version"]) == ("1", "2")
    assert aliases(client, name) == {"champion": 1}
    assert len(records(tmp_path, name)) == 5
    succeeded(promote("--verify-ledger"))


def test_an_alias_moved_by_someone_else_is_drift(registered, promote, client, name):
    succeeded(registered(1)), succeeded(registered(2))
    for state in ("challenger", "champion"):
        succeeded(promote("--to", state, "--model-version", "1"))
    client.set_registered_model_alias(name, "champion", "2")
    drifted = promote("--verify-ledger")
    assert drifted.code == 10
    assert "champion is version 2 in the registry and version 1 by the ledger" in drifted.err


def test_without_a_ledger_no_move(registered, server, name):
    succeeded(registered(1))
    refused = run("promote-alias", "--registry", server.url, "--name", name, "--to", "challenger", "--model-version", "1")
    assert refused.code == 2
    assert "--ledger" in refused.err


def test_of_two_moves_at_once_one_loses(registered, server, client, name, tmp_path):
    """Two ledgers, so that only the lock in the registry stands between the two."""
    succeeded(registered(1)), succeeded(registered(2))
    policy = tmp_path / "policy.yaml"
    policy.write_text("schema_version: 1\naliases: [champion]\nserving: champion\ntransitions:\n"
                      "  - {to: champion, from: [registered], needs: {gate: warn}, replaced: archived}\n")

    def to_champion(version):
        return run("promote-alias", "--registry", server.url, "--name", name, "--ledger", tmp_path / f"ledger-{version}", "--to", "champion",
                   "--model-version", version, "--expect-version", "0", "--policy", policy)

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(to_champion, (1, 2)))
    assert sorted(each.code for each in runs) == [0, 4]
    winner = next(each for each in runs if each.code == 0)
    assert aliases(client, name) == {"champion": int(winner.results["version"])}


def test_a_signature_is_verified_over_the_downloaded_files(registered, promote, server, client, name, tmp_path):
    key = make_key_pair(tmp_path / "cosign")
    bundle = sign_model(write_model(tmp_path / "model-1", "weights 1"), key, tmp_path / "model.sig")
    succeeded(registered(1, "--model-signature", bundle, "--key", key.public, "--require-signature"))
    policy = tmp_path / "policy.yaml"
    policy.write_text("schema_version: 1\naliases: [champion]\nserving: champion\ntransitions:\n"
                      "  - {to: champion, from: [registered], needs: {gate: warn, signature: true}}\n")
    move = ("--to", "champion", "--model-version", "1", "--policy", policy, "--key", key.public)
    stored = next(server.directory.glob(f"artifacts/*/models/{client.get_model_version(name, '1').source.removeprefix('models:/')}/artifacts/data/weights.bin"))
    stored.write_text("poisoned")
    assert promote(*move).code == 10
    stored.write_text("weights 1")
    succeeded(promote(*move))
    assert records(tmp_path, name)[0]["evidence"]["signature"]["key"].startswith("sha256:")


def count_sends(command, tmp_path):
    log = tmp_path / "strace.log"
    counted = command(prefix=("strace", "-f", "-qq", "-o", log, "-e", "trace=" + ",".join(SENDING)))
    succeeded(counted)
    return sum(1 for line in log.read_text().splitlines() if any(f"{each}(" in line for each in SENDING))


def test_a_registration_killed_between_any_two_requests(server, client, name, tmp_path):
    model = write_model(tmp_path / "model")

    def register(model_name, **kwargs):
        return run("register-model", "--registry", server.url, "--name", model_name, "--model", model, **kwargs)

    requests = count_sends(lambda **kwargs: register(name, **kwargs), tmp_path)
    assert requests > 15
    # Those that die with the lock in hand have the next one wait for the end of the lease: all at once, then.
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: register(f"{name}-{n}", prefix=kill_at(n, *SENDING)), range(1, requests + 1)))
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        results = list(pool.map(lambda n: succeeded(register(f"{name}-{n}")).results, range(1, requests + 1)))
    assert {each["model-version"] for each in results} == {"1"}
    for n in range(1, requests + 1):
        assert len(client.search_model_versions(f"name='{name}-{n}'")) == 1
        assert client.get_model_version(f"{name}-{n}", "1").status == "READY"


def test_a_promotion_killed_between_any_two_requests(registered, server, client, name, tmp_path):
    policy = tmp_path / "policy.yaml"
    policy.write_text("schema_version: 1\naliases: [champion]\nserving: champion\ntransitions:\n"
                      "  - {to: champion, from: [registered], replaced: archived}\n")
    model = write_model(tmp_path / "model")

    def promote_to(version, model_name, **kwargs):
        return run("promote-alias", "--registry", server.url, "--name", model_name, "--ledger", tmp_path / "ledger", "--policy", policy,
                   "--to", "champion", "--model-version", version, **kwargs)

    def prepare(model_name):
        for number in ("one", "two"):
            succeeded(run("register-model", "--registry", server.url, "--name", model_name, "--model", model, "--run-id", number))
        succeeded(promote_to(1, model_name))

    prepare(name)
    requests = count_sends(lambda **kwargs: promote_to(2, name, **kwargs), tmp_path)
    assert requests > 10

    def killed(n):
        prepare(f"{name}-{n}")
        promote_to(2, f"{name}-{n}", prefix=kill_at(n, *SENDING))
        assert aliases(client, f"{name}-{n}").get("champion") in (1, 2)

    numbers = range(1, requests + 1)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(killed, numbers))
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda n: succeeded(promote_to(2, f"{name}-{n}")), numbers))
    for n in numbers:
        assert aliases(client, f"{name}-{n}") == {"champion": 2}
        assert client.get_model_version(f"{name}-{n}", "1").tags["lifecycle.state"] == "archived"
        assert [each["version"] for each in records(tmp_path, f"{name}-{n}")] == [1, 2]


def test_a_server_that_refuses_our_name_for_it_is_explained(tmp_path, server):
    model = write_model(tmp_path / "model")
    with mlflow_server(tmp_path / "mlflow", "--allowed-hosts", "mlflow.example", workers=1) as strict:
        refused = run("register-model", "--registry", strict.url, "--name", "a", "--model", model)
    assert refused.code == 4
    assert "--allowed-hosts" in refused.err
    assert "Invalid Host header" in refused.err


def test_a_server_that_keeps_artifacts_elsewhere_is_explained(tmp_path):
    model = write_model(tmp_path / "model")
    arguments = ("--no-serve-artifacts", "--default-artifact-root", f"file://{tmp_path}/elsewhere")
    with mlflow_server(tmp_path / "mlflow", *arguments, workers=1) as direct:
        refused = run("register-model", "--registry", direct.url, "--name", "a", "--model", model)
    assert refused.code == 4
    assert "--serve-artifacts" in refused.err


def test_credentials(tmp_path):
    model = write_model(tmp_path / "model")
    ours = {"MLFLOW_TRACKING_USERNAME": "admin", "MLFLOW_TRACKING_PASSWORD": "correct horse battery"}
    guard = {"MLFLOW_FLASK_SERVER_SECRET_KEY": "secret", "MLFLOW_AUTH_ADMIN_PASSWORD": ours["MLFLOW_TRACKING_PASSWORD"]}
    with mlflow_server(tmp_path / "mlflow", "--app-name", "basic-auth", workers=1, env=guard) as guarded:
        args = ("--registry", guarded.url, "--name", "a", "--model", model)
        anonymous = run("register-model", *args)
        assert anonymous.code == 4
        assert "MLFLOW_TRACKING_USERNAME" in anonymous.err
        wrong = run("register-model", *args, env={**ours, "MLFLOW_TRACKING_PASSWORD": "wrong-password"})
        assert wrong.code == 4
        assert "wrong-password" not in wrong.err
        assert succeeded(run("register-model", *args, "--log-level", "debug", env=ours)).results["model-version"] == "1"


def test_no_server_is_unavailable(tmp_path):
    model = write_model(tmp_path / "model")
    args = ("--registry", "http://127.0.0.1:9", "--name", "a", "--model", model)
    assert run("register-model", *args, "--timeout", "3s").code in (5, 7)


def test_another_web_server_is_explained(tmp_path):
    model = write_model(tmp_path / "model")
    with subprocess.Popen([os.sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "0", "--directory", tmp_path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, "PYTHONUNBUFFERED": "1"}) as web:
        try:
            port = web.stdout.readline().decode().split("port ")[1].split()[0]
            refused = run("register-model", "--registry", f"http://127.0.0.1:{port}", "--name", "a", "--model", model)
        finally:
            web.terminate()
    assert refused.code == 4
    assert "is this an MLflow server?" in refused.err


@pytest.mark.parametrize("path", ["/experiments/create", "/runs/create", "/logged-models$", "/runs/outputs", "/registered-models/create",
                                  "/registered-models/set-tag", "/model-versions/create"])
def test_an_answer_that_is_lost_on_the_way_makes_nothing_twice(registered, server, client, name, path):
    """The server did it, but its answer never came: what was created is found, not created again."""
    name = name.replace("$", "").replace("[", "-").replace("]", "").replace("/", "-")
    upstream = server.url.removeprefix("http://")
    with faulty_proxy(upstream, Rule("POST", path, Truncate(), times=[1])) as proxy:
        result = succeeded(registered(1, registry=f"http://{proxy}", name=name)).results
    assert result["model-version"] == "1"
    assert len(client.search_model_versions(f"name='{name}'")) == 1
    experiment = client.get_experiment_by_name(name).experiment_id
    assert len(client.search_runs([experiment])) == 1
    assert len(client.search_logged_models([experiment])) == 1


def test_a_server_that_is_busy_is_asked_again(registered, promote, server, client, name):
    upstream = server.url.removeprefix("http://")
    busy = [Rule("GET|PUT", ".", Answer(503), times=[1, 4]), Rule("DELETE|PATCH", ".", Reset(), times=[1])]
    with faulty_proxy(upstream, *busy) as proxy:
        assert succeeded(registered(1, registry=f"http://{proxy}")).results["model-version"] == "1"
    with faulty_proxy(upstream, Rule("POST", "/registered-models/alias", Truncate(), times=[1])) as proxy:
        succeeded(promote("--to", "challenger", "--model-version", "1", registry=f"http://{proxy}"))
        assert proxy.count("POST", "/registered-models/alias") == 2
    assert aliases(client, name) == {"challenger": 1}


def test_an_upload_that_fails_leaves_a_failed_model_that_the_next_run_takes_over(registered, server, client, name):
    upstream = server.url.removeprefix("http://")
    with faulty_proxy(upstream, Rule("PUT", "weights.bin", Answer(413))) as proxy:
        failed = registered(1, registry=f"http://{proxy}")
    assert failed.code == 4
    assert "a proxy before the server limits the size of uploads" in failed.err
    experiment = client.get_experiment_by_name(name).experiment_id
    assert [str(each.status) for each in client.search_logged_models([experiment])] == ["FAILED"]
    succeeded(registered(1))
    assert [str(each.status) for each in client.search_logged_models([experiment])] == ["READY"]
