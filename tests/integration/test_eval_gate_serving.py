"""The gates serving and latency against a real HTTP model server."""
import json

import pytest

from support.model_server import model_server, probability
from support.mlsteps import run

ROWS = [[1.0, 2.0, 3.0], [0.0, 0.5, -1.0]]


def gate(tmp_path, endpoint, *gates, expect):
    """The report's gates after a run that ended with `expect`."""
    (tmp_path / "gates.yaml").write_text(json.dumps({"gates": list(gates)}))
    out = tmp_path / "out"
    done = run("eval-gate", "--gates", tmp_path / "gates.yaml", "--endpoint", endpoint, "--report-dir", out)
    assert done.code == expect, done.err
    return json.loads((out / "gate-report.json").read_text())["gates"]


def serving(cases, **more):
    return {"name": "serving", "kind": "serving", "model": "diabetes", "cases": cases, **more}


def latency(**more):
    base = {
        "name": "p99",
        "kind": "latency",
        "model": "diabetes",
        "rate": 100,
        "duration": "3s",
        "warm-up": "500ms",
        "max": "2s",
        "min-rate-share": 0.7,  # the machine may be busy
        "requests": [{"instances": ROWS}],
    }
    return base | more


def v2_request(rows=ROWS, **more):
    data = [value for row in rows for value in row]
    return {"inputs": [{"name": "x", "datatype": "FP64", "shape": [len(rows), 3], "data": data}], **more}


def test_v1_cases(tmp_path):
    expect = [
        {"pointer": "/predictions", "type": "array", "length": 2},
        {"pointer": "/predictions/*", "type": "number", "min": 0, "max": 1},
        {"pointer": "/predictions/0", "equals": round(probability(ROWS[0]), 4), "tolerance": 1e-4},
    ]
    cases = [
        {"name": "two rows", "request": {"instances": ROWS}, "expect": expect},
        {"name": "no rows", "request": {"instances": []}, "expect": [{"pointer": "/predictions", "length": 0}]},
        {"name": "wrong width", "request": {"instances": [[1]]}, "status": 400,
         "expect": [{"pointer": "/error", "type": "string"}]},
        {"name": "no instances", "request": {}, "status": 400},
    ]
    with model_server() as server:
        (answer,) = gate(tmp_path, server.url, serving(cases), expect=0)
    assert [check["status"] for check in answer["checks"]] == ["pass"] * 4


def test_v2_cases(tmp_path):
    expect = [
        {"pointer": "/outputs/0/data/1", "equals": probability(ROWS[1]), "tolerance": 1e-12},
        {"pointer": "/outputs/0/datatype", "equals": "FP64"},
        {"pointer": "/id", "equals": "a1"},
    ]
    cases = [{"name": "two rows", "request": v2_request(id="a1"), "expect": expect}]
    with model_server() as server:
        (answer,) = gate(tmp_path, server.url + "/", serving(cases, protocol="v2"), expect=0)
    assert answer["status"] == "pass"


def test_each_wrong_answer_is_named(tmp_path):
    cases = [
        {"name": "value", "request": {"instances": ROWS},
         "expect": [{"pointer": "/predictions/0", "equals": 0.123, "tolerance": 1e-3}]},
        {"name": "range", "request": {"instances": ROWS}, "expect": [{"pointer": "/predictions/*", "max": 0.01}]},
        {"name": "type", "request": {"instances": ROWS}, "expect": [{"pointer": "/predictions/1", "type": "string"}]},
        {"name": "missing", "request": {"instances": ROWS}, "expect": [{"pointer": "/predictions/2"}]},
        {"name": "status", "request": {}},
        {"name": "good", "request": {"instances": ROWS}},
    ]
    with model_server() as server:
        (answer,) = gate(tmp_path, server.url, serving(cases), expect=10)
    said = {check["subject"]: check["message"] for check in answer["checks"] if check["status"] == "fail"}
    assert "/predictions/0 is 0.5" in said["case value"] and "expected 0.123 within 0.001" in said["case value"]
    assert "/predictions/0" in said["case range"] and "/predictions/1" in said["case range"]
    assert said["case type"] == "/predictions/1 is of type number; expected string"
    assert said["case missing"] == "/predictions/2 is missing"
    assert "status 400; expected 200" in said["case status"] and "bad request" in said["case status"]
    assert "case good" not in said


@pytest.mark.parametrize("protocol", ["v1", "v2"])
def test_the_model_is_waited_for(tmp_path, protocol):
    request = {"instances": ROWS} if protocol == "v1" else v2_request()
    with model_server(ready_after=1.5) as server:
        (answer,) = gate(tmp_path, server.url, serving([{"request": request}], protocol=protocol), expect=0)
    assert answer["status"] == "pass"


def test_a_model_that_never_loads_fails(tmp_path):
    with model_server(ready_after=1000) as server:
        (answer,) = gate(tmp_path, server.url, serving([{"request": {}}], **{"load-timeout": "1s"}), expect=10)
    assert "not ready within 1000 ms: the model says that it is not ready" in answer["message"]


def test_a_model_that_does_not_exist_fails(tmp_path):
    with model_server() as server:
        other = serving([{"request": {}}], model="other", **{"load-timeout": "1s"})
        (answer,) = gate(tmp_path, server.url, other, expect=10)
    assert "status 404" in answer["message"]


def test_a_fast_server_passes_the_latency_gate(tmp_path):
    with model_server() as server:
        (answer,) = gate(tmp_path, server.url, latency(), expect=0)
        count = server.count
    percentile, errors, rate = answer["checks"]
    assert percentile["samples"] == 300 and count == 350
    assert 0 < percentile["value"] < 2000 and percentile["interval"][0] <= percentile["value"]
    assert "upper 95 % bound of p99: " in percentile["message"]
    assert errors["value"] == 0
    assert 70 <= rate["value"] < 110
    page = (tmp_path / "out/report.html").read_text()
    assert "Time since the scheduled send" in page and "limit" in page


def test_a_slow_server_fails(tmp_path):
    with model_server(delay=0.15) as server:
        (answer,) = gate(tmp_path, server.url, latency(connections=32, max="100ms"), expect=10)
    assert answer["checks"][0]["status"] == "fail"
    assert 150 <= answer["checks"][0]["value"] < 5000
    assert answer["checks"][0]["subject"] == "p99"


def test_a_stall_is_charged_to_every_request_it_held_up(tmp_path):
    """One pause of a second on the only connection: a loop that waits for answers would see one slow request."""
    stall = {"rate": 100, "duration": "4s", "warm-up": "1ms", "connections": 1, "max": "500ms", "percentile": 90}
    with model_server(stall=lambda n: 1.0 if n == 50 else 0) as server:
        (answer,) = gate(tmp_path, server.url, latency(**stall, **{"min-rate-share": 0.5}), expect=10)
    assert answer["checks"][0]["status"] == "fail"
    assert answer["checks"][0]["value"] > 500


def test_errors_are_counted(tmp_path):
    with model_server(broken=10) as server:
        allowed = latency(**{"max-error-share": 0.2, "name": "allowed"})
        strict = latency()
        answers = gate(tmp_path, server.url, allowed, strict, expect=10)
    assert answers[0]["status"] == "pass"
    assert 0 < answers[0]["checks"][1]["value"] <= 0.2
    assert answers[1]["status"] == "fail"
    assert "status 500" in answers[1]["message"]


def test_too_few_answers_for_a_bound_are_said(tmp_path):
    with model_server() as server:
        (answer,) = gate(tmp_path, server.url, latency(duration="1s"), expect=0)
    assert "100 answers are too few for an upper 95 % bound of p99, which needs 299" in answer["checks"][0]["message"]
    assert answer["checks"][0]["interval"][1] is None


def test_the_upper_bound_can_be_judged(tmp_path):
    with model_server() as server:
        (answer,) = gate(tmp_path, server.url, latency(judge="upper-bound", rate=200), expect=0)
    check = answer["checks"][0]
    assert check["value"] == check["interval"][1]


def test_a_rate_that_cannot_be_sent_fails(tmp_path):
    slow = {"rate": 100, "duration": "2s", "warm-up": "1ms", "connections": 1, "max": "5s", "timeout": "5s"}
    with model_server(delay=0.05) as server:
        (answer,) = gate(tmp_path, server.url, latency(**slow), expect=10)
    rate = answer["checks"][2]
    assert rate["status"] == "fail" and rate["value"] < 25
    assert "all 1 connections waited for answers" in rate["message"]
