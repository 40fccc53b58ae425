"""eval-gate against endpoints that misbehave, stopped while it sends its load, and the README's example, live."""
import json
import random
import signal
import subprocess
import time

import pytest

from support import model_server
from support.eval_gate import judge  # noqa: F401
from support.mlsteps import ROOT, executable, run


def endpoint_rules():
    case = {"name": "one", "request": {"instances": [[1, 2, 3]]}}
    quick = {"model": "m", "timeout": "700ms", "load-timeout": "1s"}
    load = {"rate": 20, "duration": "1s", "warm-up": "100ms", "max": "500ms", "requests": [{}]}
    return (
        {"name": "serving", "kind": "serving", "cases": [case], **quick},
        {"name": "latency", "kind": "latency", **quick, **load},
    )


@pytest.mark.parametrize(
    "behaviour, said",
    [
        ("hang", "took longer than its time limit"),
        ("drip", "took longer than its time limit"),
        ("reset", "the server closed the connection"),
        ("truncate", "the answer was cut off"),
        ("html", "the answer (text/html) is not JSON"),
        ("garbage", "malformed answer"),
        ("flood", "the answer is larger than"),
    ],
)
def test_an_endpoint_that_misbehaves_fails_and_never_hangs(judge, behaviour, said):
    with model_server.misbehaving_server(getattr(model_server, behaviour)) as url:
        begun = time.monotonic()
        done = judge(json.dumps({"gates": endpoint_rules()}), "--endpoint", url, rows=None)
        took = time.monotonic() - begun
    assert done.code == 10, done.err
    assert took < 20
    serving, latency = judge.report()["gates"]
    assert serving["status"] == "fail" and said in serving["message"]
    assert latency["status"] == "fail"
    assert latency["checks"][0]["message"] == "no good answer was received"
    assert latency["checks"][1]["value"] == 1
    assert latency["checks"][1]["message"].startswith("20 x ") and said in latency["checks"][1]["message"]


def test_nobody_listens(judge):
    done = judge(json.dumps({"gates": endpoint_rules()}), "--endpoint", "http://127.0.0.1:1", rows=None)
    assert done.code == 10
    assert "the model is not ready within 1000 ms" in done.err


@pytest.mark.parametrize("url", ["ftp://host", "host:8080", "http://"])
def test_an_endpoint_that_is_no_address(judge, url):
    done = judge(json.dumps({"gates": endpoint_rules()}), "--endpoint", url, rows=None)
    assert done.code == 2
    assert "--endpoint" in done.err


def test_sigterm_during_the_load(judge):
    with model_server.model_server(delay=0.05) as server:
        rules = [endpoint_rules()[1] | {"model": "diabetes", "duration": "60s"}]
        (judge.path / "gates.yaml").write_text(json.dumps({"gates": rules}))
        process = subprocess.Popen(
            [executable("eval-gate"), "--gates", judge.path / "gates.yaml", "--endpoint", server.url],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        while server.count < 5 and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        _, err = process.communicate(timeout=30)
    assert process.returncode == 143, err
    assert time.monotonic() - begun < 5


def test_timeout_during_the_load(judge):
    with model_server.model_server() as server:
        rules = [endpoint_rules()[1] | {"model": "diabetes", "duration": "60s"}]
        done = judge(json.dumps({"gates": rules}), "--endpoint", server.url, "--timeout", "2s", rows=None)
    assert done.code == 7


def test_the_environment_of_a_proxy_does_not_reach_loopback(judge):
    proxy = {"HTTP_PROXY": "http://127.0.0.1:1", "http_proxy": "http://127.0.0.1:1"}
    with model_server.model_server() as server:
        case = {"request": {"instances": [[1, 2, 3]]}}
        rule = {"name": "serving", "kind": "serving", "model": "diabetes", "cases": [case]}
        done = judge(json.dumps({"gates": [rule]}), "--endpoint", server.url, rows=None, env=proxy)
    assert done.code == 0, done.err


def prepare_example(directory):
    """The files that the README's command names; the champion is missing, as on a first run."""
    random.seed(7)
    lines = ["progressed,predicted,probability,sex,age_group"]
    for _ in range(442):
        truth = random.random() < 0.5
        score = min(1, max(0, random.gauss(0.7 if truth else 0.3, 0.15)))
        lines.append(f"{int(truth)},{int(score >= 0.5)},{score},{random.choice('FM')},{random.choice(['old', 'young'])}")
    (directory / "predictions.csv").write_text("\n".join(lines) + "\n")
    for name in ("now", "training"):
        (directory / name).mkdir()
        (directory / name / "profile.json").write_text(json.dumps({"schema_version": 1, "rows": 442, "columns": []}))


def test_the_example_of_the_readme(judge):
    """The README's command on the README's gate file, with a shorter load and a limit for a busy machine."""
    readme = (ROOT / "steps/eval-gate/README.md").read_text()
    command = readme.split("```sh\n")[1].split("```")[0].replace("\\\n", " ").split()
    text = readme.split("```yaml\n")[1].split("```")[0]
    prepare_example(judge.path)
    (judge.path / "gates.yaml").write_text(text.replace("duration: 20s", "duration: 1s").replace("max: 100ms", "max: 5s"))
    with model_server.model_server() as server:
        options = [word.replace("http://localhost:8080", server.url) for word in command[1:]]
        done = run(command[0], *options, cwd=judge.path)
    assert done.code == 0, done.err
    report = json.loads((judge.path / "report/gate-report.json").read_text())
    kinds = [gate["kind"] for gate in report["gates"]]
    assert kinds == ["metric", "champion", "data-quality", "fairness", "latency", "serving"]
    assert {gate["status"] for gate in report["gates"]} == {"pass"}
