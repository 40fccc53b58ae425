"""eval-gate alone: verdicts and exit codes, bad gate files and bad data."""
import json
import subprocess
import xml.etree.ElementTree as xml

import pytest

from support import model_server
from support.eval_gate import COLUMNS, ROWS, gates, judge, metric  # noqa: F401
from support.mlsteps import run

def test_pass(judge):
    done = judge(gates(metric()))
    assert done.code == 0
    assert done.results["verdict"] == "pass"
    assert done.results["failed-gates"] == ""
    assert (done.results["passed-count"], done.results["failed-count"]) == ("1", "0")
    assert done.results["headline-metric"] == "accuracy=0.6666666666666666"
    assert done.results["report-digest"].startswith("sha256:")
    assert "pass: accuracy: 0.666667 >= 0.5" in done.err


def test_fail_ends_with_10_and_names_the_gates(judge):
    done = judge(gates(metric(), metric("strict", min=0.9), metric("stricter", min=0.95)))
    assert done.code == 10
    assert done.results["verdict"] == "fail"
    assert done.results["failed-gates"] == "strict,stricter"
    assert (done.results["passed-count"], done.results["failed-count"]) == ("1", "2")
    assert "rejected: 1 of 3 gates hold; these do not: strict, stricter" in done.err


def test_on_reject_report_ends_with_0_and_the_verdict_says_it(judge):
    done = judge(gates(metric(min=0.9)), "--on-reject", "report")
    assert done.code == 0
    assert done.results["verdict"] == "fail"


def test_a_warning_does_not_stop_the_pipeline(judge):
    done = judge(gates(metric(), metric("wish", min=0.9, severity="warn")))
    assert done.code == 0
    assert done.results["verdict"] == "warn"
    assert done.results["failed-gates"] == ""


def test_an_error_is_told_apart_from_a_fail_and_stops_no_other_gate(judge):
    wrong = {"name": "auc", "kind": "metric", "metric": "roc_auc_ovr", "min": 0.5}
    done = judge(gates(wrong, metric("strict", min=0.9), metric()))
    assert done.code == 3
    assert done.results["verdict"] == "error"
    assert [gate["status"] for gate in judge.report()["gates"]] == ["error", "fail", "pass"]
    assert "roc_auc_ovr needs a score column for each class" in done.err


def test_all_four_reports_in_one_run(judge):
    digest = "sha256:" + "0" * 64
    done = judge(gates(metric(), metric("strict", min=0.9)), "--model-digest", digest)
    assert judge.report()["subject"] == {"model_digest": digest}
    suites = xml.parse(judge.path / "out/junit.xml").getroot()
    assert suites.attrib["tests"] == "2" and suites.attrib["failures"] == "1"
    assert [case.attrib["name"] for case in suites.iter("testcase")] == ["accuracy", "strict"]
    assert "| ❌ fail | strict |" in (judge.path / "out/report.md").read_text()
    page = (judge.path / "out/report.html").read_text()
    for title in ("ROC curve", "Precision and recall", "Calibration", "Confusion matrix"):
        assert title in page
    assert "http://" not in page.replace("http://www.w3.org/", "")
    assert done.results["report-digest"] == "sha256:" + subprocess.run(
        ["sha256sum", judge.path / "out/gate-report.json"], capture_output=True, text=True, check=True
    ).stdout.split()[0]


def test_the_same_input_gives_the_same_report(judge):
    env = {"SOURCE_DATE_EPOCH": "1700000000"}
    first = judge(gates(metric()), env=env).results["report-digest"]
    page = (judge.path / "out/report.html").read_bytes()
    assert judge(gates(metric()), env=env).results["report-digest"] == first
    assert (judge.path / "out/report.html").read_bytes() == page
    assert judge.report()["created"] == "2023-11-14T22:13:20Z"


def test_dry_run_writes_nothing(judge):
    done = judge(gates(metric()), "--dry-run")
    assert done.code == 0
    assert "would judge metric gate 'accuracy'" in done.err
    assert not (judge.path / "out").exists()


def test_slices_that_are_named_must_exist(judge):
    rules = [metric(slices=[{"by": "sex", "values": ["F", "X"], "min": 0.1}])]
    done = judge(gates(*rules))
    assert done.code == 10
    assert "slice sex=X: no row of this slice" in done.err


def test_small_slices_are_said_and_not_judged(judge):
    done = judge(gates(metric(slices=[{"by": "sex", "min-samples": 4}])))
    assert done.code == 0
    assert judge.report()["gates"][0]["notes"] == [
        "slice sex=F is not judged: 3 rows; at least 4 are demanded",
        "slice sex=M is not judged: 3 rows; at least 4 are demanded",
    ]


def test_too_few_rows_fail(judge):
    done = judge(gates(metric(**{"min-samples": 100})))
    assert done.code == 10
    assert "6 rows; at least 100 are demanded" in done.err


@pytest.mark.parametrize(
    "text, said",
    [
        ("gates:\n  - {name: a, kind: metric, metric: f1, mni: 1}\n", "unknown key 'mni', did you mean 'min'?"),
        ("gates:\n  - {name: a, kind: metric, metric: f1, min: 2}\n", "no value can hold: at least 2"),
        ("gates:\n  - {name: a, kind: latncy}\n", "did you mean 'latency'?"),
        ("gates:\n  - {name: a, name: b, kind: metric}\n", "duplicate key 'name'"),
        ("gates: [\n", "gates.yaml:"),
        ("gates: []\n", "there is no gate"),
        ("gates: &x [*x]\n", "aliases"),
        ("- 1\n", "expected a map"),
        (gates(metric(), metric()), "a second gate called 'accuracy'"),
        (gates(metric(), headline="acuracy"), "'headline' names no gate: 'acuracy', did you mean 'accuracy'?"),
        (gates(metric(slices=[{"by": "region"}])), "column 'region' is not listed under 'sensitive' or 'slices'"),
        (json.dumps({"gates": [metric()]}), "no gate file says under 'predictions'"),
    ],
)
def test_bad_gate_files_end_with_3(judge, text, said):
    done = judge(text)
    assert done.code == 3
    assert said in done.err
    assert "gates.yaml" in done.err or "headline" in done.err
    assert done.results["verdict"] == ""


def test_gate_files_that_are_missing(judge):
    done = run("eval-gate", "--gates", judge.path / "none.yaml")
    assert done.code == 4
    assert "none.yaml" in done.err
    assert run("eval-gate").code == 2


@pytest.mark.parametrize(
    "rule, said",
    [
        ({"name": "a", "kind": "fairness", "max": 0.1}, "needs --predictions"),
        ({"name": "a", "kind": "metric", "metric": "f1", "min": 0.1}, "needs --metrics, or --predictions"),
        ({"name": "a", "kind": "data-quality", "max-sigma": 2}, "needs --profile and --reference-profile"),
        ({"name": "a", "kind": "serving", "model": "m", "cases": [{"request": {}}]}, "needs --endpoint"),
        ({"name": "a", "kind": "champion", "metric": "f1", "max-drop": 0.1}, "needs --metrics, or --predictions"),
    ],
)
def test_missing_evidence_is_a_usage_error(judge, rule, said):
    done = judge(gates(rule), rows=None)
    assert done.code == 2
    assert said in done.err


@pytest.mark.parametrize(
    "rows, said",
    [
        ("y,p,s,sex\n1,1,0.9,F\n2,1,0.9,F\n", "column 'y' is '2' in row 2; the labels are 0, 1"),
        ("y,p,s,sex\n1,1,0.9,F\n,1,0.9,F\n", "column 'y' is empty in row 2"),
        ("y,p,s,sex\n1,1,,F\n0,1,,F\n", "column 's'"),
        ("y,p,s,sex\n1,1,NaN,F\n0,1,NaN,F\n", "column 's'"),
        ("y,p,s,sex\n1,1,inf,F\n0,1,0.5,F\n", "column 's'"),
        ("y,p,s,sex\n1,1,0.9,F\n0,1\n", "predictions.csv:3"),
        ("y,p,s,sex\n1,\"1,0.9,F\n", "predictions.csv:2"),
        ("y,p,s,sex\n", "has no rows"),
        ("", "predictions.csv"),
        ("y,p,sex\n1,1,F\n", "'s'"),
    ],
)
def test_bad_predictions_are_an_error_of_each_gate_that_needs_them(judge, rows, said):
    text = json.dumps({"predictions": COLUMNS | {"labels": [0, 1]}, "gates": [metric(), metric("second")]})
    done = judge(text, rows=rows)
    assert done.code == 3, done.err
    assert done.results["verdict"] == "error"
    assert done.results["failed-gates"] == "accuracy,second"
    assert said in judge.report()["gates"][0]["message"]


def test_scores_that_are_no_probabilities_only_stop_what_needs_probabilities(judge):
    rules = [{"name": name, "kind": "metric", "metric": name, "max": 1} for name in ("brier_score_loss", "roc_auc")]
    done = judge(gates(*rules), rows=ROWS.replace("0.9", "9.0"))
    assert [gate["status"] for gate in judge.report()["gates"]] == ["error", "pass"]
    assert "the probability in row 1 is 9; expected a number from 0 to 1" in done.err


def test_probabilities_that_do_not_sum_to_one(judge):
    columns = {"label": "y", "scores": {"a": "pa", "b": "pb", "c": "pc"}}
    rules = [{"name": name, "kind": "metric", "metric": name, "max": 9} for name in ("log_loss", "accuracy")]
    rows = "y,pa,pb,pc\na,0.5,0.3,0.2\nb,0.5,0.3,0.3\n"
    done = judge(json.dumps({"predictions": columns, "gates": [rules[0], rules[1] | {"max": 1}]}), rows=rows)
    assert done.code == 3
    assert "the probabilities in row 2 sum to 1.1" in done.err
    assert [gate["status"] for gate in judge.report()["gates"]] == ["error", "pass"]


def test_one_class_only_is_undefined_and_never_passes(judge):
    rules = [{"name": "auc", "kind": "metric", "metric": "roc_auc", "min": 0}]
    done = judge(gates(*rules), rows="y,p,s,sex\n1,1,0.9,F\n1,1,0.8,F\n")
    assert done.code == 3
    assert "roc_auc is undefined: all rows are of one class" in done.err


def test_a_group_without_positives_is_undefined(judge):
    rules = [{"name": "fair", "kind": "fairness", "max": 1}]
    done = judge(gates(*rules), rows="y,p,s,sex\n1,1,0.9,F\n0,1,0.8,M\n")
    assert done.code == 3
    assert "undefined: group sex=M has 0 positive rows; needed are 1" in done.err


@pytest.mark.parametrize(
    "document, code, said",
    [
        ('{"f1": 0.9}', 0, "0.9 >= 0.8"),
        ('{"test": {"f1": 0.9}}', 10, "the metrics file has no 'f1'"),
        ('{"f1_score": 0.9}', 0, "0.9 >= 0.8"),
        ('{"f2": 0.9}', 10, "the metrics file has no 'f1', did you mean 'f2'?"),
        ('{"f1": null}', 3, "the value is nan"),
        ('{"f1": "NaN"}', 3, "the value is nan"),
        ('{"f1": NaN}', 3, "metrics.json:1"),
        ('{"f1": 0.9, "f1": 0.95}', 3, "duplicate key"),
        ("[0.9]", 3, "expected an object"),
    ],
)
def test_metrics_files(judge, document, code, said):
    (judge.path / "metrics.json").write_text(document)
    rule = {"name": "f1", "kind": "metric", "metric": "f1", "min": 0.8}
    done = judge(json.dumps({"gates": [rule]}), "--metrics", judge.path / "metrics.json", rows=None)
    assert done.code == code, done.err
    assert said in done.err


def test_a_metric_that_only_the_file_has(judge):
    (judge.path / "metrics.json").write_text('{"eval": {"bleu": 31.5}}')
    rule = {"name": "bleu", "kind": "metric", "metric": "eval.bleu", "min": 30}
    done = judge(gates(metric(), rule), "--metrics", judge.path / "metrics.json")
    assert done.code == 0
    assert judge.report()["metrics"]["eval.bleu"] == 31.5


def test_the_champion_from_its_predictions(judge):
    champion = judge.path / "champion.csv"
    champion.write_text(ROWS)
    rule = {"name": "c", "kind": "champion", "metric": "f1", "min-ratio": 0.95}
    assert judge(gates(rule), "--champion-predictions", champion).code == 0
    champion.write_text(ROWS.replace("1,0,0.4", "1,1,0.4"))
    done = judge(gates(rule), "--champion-predictions", champion)
    assert done.code == 10
    assert "candidate 0.666667, champion 0.857143" in done.err


def test_a_champion_gate_needs_a_registry(judge):
    rule = {"name": "c", "kind": "champion", "metric": "f1", "min-ratio": 0.95}
    done = judge(gates(rule), "--registry", judge.path)
    assert done.code == 2
    assert "needs --registry with --model-name, or --champion-predictions" in done.err


def test_what_is_no_registry_is_an_error_and_no_first_run(judge):
    rule = {"name": "c", "kind": "champion", "metric": "f1", "min-ratio": 0.95, "first-run": "pass"}
    with model_server.model_server() as server:
        done = judge(gates(rule, metric()), "--registry", server.url, "--model-name", "m")
    assert done.code == 3, done.err
    assert [gate["status"] for gate in judge.report()["gates"]] == ["error", "pass"]
    with model_server.misbehaving_server(model_server.html) as url:
        assert judge(gates(rule), "--registry", url, "--model-name", "m").code == 3


def test_results_fit_the_limit_however_many_gates_fail(judge):
    rules = [metric(f"a gate with a rather long name and the number {i}", min=0.99) for i in range(300)]
    done = judge(gates(*rules))
    assert done.code == 10
    assert done.results["failed-count"] == "300"
    assert done.results["failed-gates"].endswith(" more")


def test_reports_into_a_directory_that_cannot_be_made(judge):
    (judge.path / "out").write_text("a file")
    done = judge(gates(metric()))
    assert done.code == 4, done.err
    assert str(judge.path / "out") in done.err
