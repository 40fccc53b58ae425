"""The figures of eval-gate equal those of scikit-learn and Fairlearn, on many random inputs and at the edges.

Known differences, where the peer warns and gives a number for something that is undefined and eval-gate gives none:
- average precision without a positive row: scikit-learn 0;
- a group without a positive row: Fairlearn takes its true positive rate as 0.
"""
import json
import math
import warnings

import numpy as np
import pandas as pd
import pytest
from fairlearn import metrics as fairness
from sklearn import metrics as peer

from support.mlsteps import run

TOLERANCE = 1e-9


def report(tmp_path, frame, columns, gates, form="csv"):
    """The gate report on the predictions in `frame`."""
    file = tmp_path / f"predictions.{form}"
    frame.to_csv(file, index=False) if form == "csv" else frame.to_parquet(file, index=False)
    (tmp_path / "gates.yaml").write_text(json.dumps({"predictions": columns, "gates": gates}))
    done = run("eval-gate", "--gates", tmp_path / "gates.yaml", "--predictions", file, "--report-dir", tmp_path / "out")
    assert (tmp_path / "out/gate-report.json").exists(), done.err
    return json.loads((tmp_path / "out/gate-report.json").read_text())


def same(ours, theirs):
    """Equal to 1e-9; a figure that the peer does not have must not be there."""
    theirs = {name: float(value) for name, value in theirs.items()}
    defined = {name for name, value in theirs.items() if math.isfinite(value)}
    assert set(ours) == defined
    for name in defined:
        assert ours[name] == pytest.approx(theirs[name], rel=TOLERANCE, abs=TOLERANCE), name


def averaged(truth, predicted, averages, **binary):
    figures = {}
    for average in averages:
        suffix = "" if average == "binary" else "_" + average
        extra = binary if average == "binary" else {}
        options = {"average": average, "zero_division": 0, **extra}
        figures["precision" + suffix] = peer.precision_score(truth, predicted, **options)
        figures["recall" + suffix] = peer.recall_score(truth, predicted, **options)
        figures["f1" + suffix] = peer.f1_score(truth, predicted, **options)
    return figures


def of_labels(truth, predicted):
    return {
        "accuracy": peer.accuracy_score(truth, predicted),
        "balanced_accuracy": peer.balanced_accuracy_score(truth, predicted),
        "matthews_corrcoef": peer.matthews_corrcoef(truth, predicted),
        "cohen_kappa": peer.cohen_kappa_score(truth, predicted),
    }


def binary_peer(truth, predicted, scores):
    figures = of_labels(truth, predicted)
    figures |= averaged(truth, predicted, ["binary", "micro", "macro", "weighted"], pos_label=1)
    figures["roc_auc"] = peer.roc_auc_score(truth, scores) if len(set(truth)) > 1 else math.nan
    has_positive = 1 in truth
    figures["average_precision"] = peer.average_precision_score(truth, scores) if has_positive else math.nan
    figures["log_loss"] = peer.log_loss(truth, scores, labels=[0, 1])
    figures["brier_score_loss"] = peer.brier_score_loss(truth, scores, pos_label=1)
    return figures


def binary_data(seed):
    """Rows of every kind: few and many, rare positives, ties, certain scores, random and perfect predictors."""
    random = np.random.default_rng(seed)
    rows = int(random.choice([1, 2, 3, 10, 57, 400, 5000]))
    truth = (random.random(rows) < random.choice([0.02, 0.3, 0.5, 0.9])).astype(int)
    scores = np.clip(0.5 + random.choice([0, 0.1, 0.5]) * (truth - 0.5) + random.normal(0, 0.2, rows), 0, 1)
    digits = random.choice([1, 2, 17])
    scores = np.round(scores, int(digits))
    predicted = (scores >= random.choice([0.0, 0.3, 0.5, 1.0])).astype(int)
    return truth, predicted, scores


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


ACCURACY = [{"name": "any", "kind": "metric", "metric": "accuracy", "min": 0}]


@pytest.mark.parametrize("seed", range(40))
def test_two_classes(tmp_path, seed):
    truth, predicted, scores = binary_data(seed)
    frame = pd.DataFrame({"y": truth, "p": predicted, "s": scores})
    columns = {"label": "y", "prediction": "p", "score": "s"}
    ours = report(tmp_path, frame, columns, ACCURACY, "csv" if seed % 2 else "parquet")
    same(ours["metrics"], binary_peer(truth, predicted, scores))


@pytest.mark.parametrize(
    "truth, predicted",
    [([0, 0, 0], [0, 0, 0]), ([1, 1], [1, 1]), ([0, 0], [1, 1]), ([1, 1], [0, 0]), ([0, 1, 1], [0, 0, 0]), ([1], [0])],
)
def test_one_class_only(tmp_path, truth, predicted):
    scores = [0.25 + 0.5 * p for p in predicted]
    frame = pd.DataFrame({"y": truth, "p": predicted, "s": scores})
    ours = report(tmp_path, frame, {"label": "y", "prediction": "p", "score": "s"}, ACCURACY)
    same(ours["metrics"], binary_peer(truth, predicted, scores))


def test_the_known_difference_of_average_precision(tmp_path):
    frame = pd.DataFrame({"y": [0, 0, 0], "s": [0.1, 0.2, 0.9]})
    gates = [{"name": "ap", "kind": "metric", "metric": "average_precision_score", "min": 0}]
    ours = report(tmp_path, frame, {"label": "y", "score": "s"}, gates)
    assert peer.average_precision_score(frame.y, frame.s) == 0
    assert ours["gates"][0]["status"] == "error"
    assert "all rows are of one class" in ours["gates"][0]["message"]


@pytest.mark.parametrize("seed", range(20))
def test_many_classes(tmp_path, seed):
    random = np.random.default_rng(1000 + seed)
    classes = int(random.choice([3, 4, 9]))
    rows = int(random.choice([classes, 30, 900]))
    names = np.array([f"class {chr(97 + i)}" for i in range(classes)])
    truth = names[random.integers(0, classes, rows)]
    truth[:classes] = names
    matrix = random.random((rows, classes)) ** 3
    matrix /= matrix.sum(axis=1, keepdims=True)
    if seed % 3 == 0:
        matrix = np.round(matrix * 8) / 8 + 1e-3
        matrix /= matrix.sum(axis=1, keepdims=True)
    predicted = names[matrix.argmax(axis=1)]
    frame = pd.DataFrame({"y": truth, **{f"p {name}": matrix[:, i] for i, name in enumerate(names)}})
    columns = {"label": "y", "scores": {str(name): f"p {name}" for name in names}}
    ours = report(tmp_path, frame, columns, ACCURACY)
    theirs = of_labels(truth, predicted) | averaged(truth, predicted, ["micro", "macro", "weighted"])
    theirs["log_loss"] = peer.log_loss(truth, matrix)
    for form in ("ovr", "ovo"):
        for average, suffix in (("macro", ""), ("weighted", "_weighted")):
            theirs[f"roc_auc_{form}{suffix}"] = peer.roc_auc_score(truth, matrix, multi_class=form, average=average)
    same(ours["metrics"], theirs)


@pytest.mark.parametrize("beta", [0.5, 2, 3.7])
@pytest.mark.parametrize("average", ["binary", "micro", "macro", "weighted"])
def test_f_beta(tmp_path, beta, average):
    truth, predicted, _ = binary_data(3)
    gates = [{"name": "f", "kind": "metric", "metric": "fbeta_score", "beta": beta, "average": average, "min": 0}]
    frame = pd.DataFrame({"y": truth, "p": predicted})
    ours = report(tmp_path, frame, {"label": "y", "prediction": "p"}, gates)["gates"][0]["value"]
    theirs = peer.fbeta_score(truth, predicted, beta=beta, average=average, zero_division=0)
    assert ours == pytest.approx(theirs, rel=TOLERANCE, abs=TOLERANCE)


@pytest.mark.parametrize("seed", range(20))
def test_regression(tmp_path, seed):
    random = np.random.default_rng(2000 + seed)
    rows = int(random.choice([1, 2, 50, 3000]))
    scale = random.choice([1e-9, 1, 1e12])
    truth = random.normal(random.choice([0, 5]), 1, rows) * scale
    if seed % 4 == 0:
        truth[: max(1, rows // 2)] = 0
    if seed % 5 == 0:
        truth[:] = 4.5
    predicted = truth + random.normal(0, random.choice([0, 0.3]), rows) * scale
    frame = pd.DataFrame({"y": truth, "p": predicted})
    columns = {"task": "regression", "label": "y", "prediction": "p"}
    gates = [{"name": "any", "kind": "metric", "metric": "mae", "min": 0}]
    ours = report(tmp_path, frame, columns, gates)
    same(
        ours["metrics"],
        {
            "r2": peer.r2_score(truth, predicted) if rows > 1 else math.nan,
            "mean_absolute_error": peer.mean_absolute_error(truth, predicted),
            "mean_squared_error": peer.mean_squared_error(truth, predicted),
            "root_mean_squared_error": peer.root_mean_squared_error(truth, predicted),
            "mean_absolute_percentage_error": peer.mean_absolute_percentage_error(truth, predicted),
        },
    )


FAIRNESS = {
    "equal-opportunity-difference": fairness.equal_opportunity_difference,
    "equalized-odds-difference": fairness.equalized_odds_difference,
    "demographic-parity-difference": fairness.demographic_parity_difference,
}


@pytest.mark.parametrize("columns", [["sex"], ["sex", "age"]])
@pytest.mark.parametrize("seed", range(8))
def test_fairness(tmp_path, seed, columns):
    random = np.random.default_rng(3000 + seed)
    rows = int(random.choice([200, 4000]))
    frame = pd.DataFrame(
        {
            "y": random.integers(0, 2, rows),
            "p": random.integers(0, 2, rows),
            "sex": random.choice(["F", "M", "X, or none"], rows),
            "age": random.integers(2, 5, rows) * 10,
        }
    )
    gates = [{"name": n, "kind": "fairness", "measure": n, "group-by": columns, "max": 1} for n in FAIRNESS]
    ours = report(tmp_path, frame, {"label": "y", "prediction": "p", "sensitive": columns}, gates)
    for gate in ours["gates"]:
        theirs = FAIRNESS[gate["name"]](frame.y, frame.p, sensitive_features=frame[columns])
        assert gate["value"] == pytest.approx(theirs, rel=TOLERANCE, abs=TOLERANCE), gate["name"]


def test_the_known_difference_of_a_group_without_positives(tmp_path):
    frame = pd.DataFrame({"y": [1, 1, 0, 0, 0], "p": [1, 1, 0, 1, 0], "sex": ["F", "F", "F", "M", "M"]})
    gates = [{"name": "eod", "kind": "fairness", "max": 1}]
    ours = report(tmp_path, frame, {"label": "y", "prediction": "p", "sensitive": "sex"}, gates)["gates"][0]
    assert fairness.equal_opportunity_difference(frame.y, frame.p, sensitive_features=frame.sex) == 1
    assert ours["status"] == "error" and ours["value"] is None
    assert "group sex=M has 0 positive rows" in ours["message"]


def test_slices_equal_the_metric_of_their_rows(tmp_path):
    truth, predicted, scores = binary_data(12)
    frame = pd.DataFrame({"y": truth, "p": predicted, "s": scores})
    frame["part"] = np.arange(len(frame)) % 3
    gates = [{"name": "f1", "kind": "metric", "metric": "f1_score", "min": 0, "slices": [{"by": "part"}]}]
    columns = {"label": "y", "prediction": "p", "score": "s", "slices": "part"}
    checks = report(tmp_path, frame, columns, gates)["gates"][0]["checks"]
    assert [check["subject"] for check in checks] == [None, "slice part=0", "slice part=1", "slice part=2"]
    for part in range(3):
        rows = frame[frame.part == part]
        theirs = peer.f1_score(rows.y, rows.p, zero_division=0)
        assert checks[part + 1]["value"] == pytest.approx(theirs, rel=TOLERANCE)
        assert checks[part + 1]["samples"] == len(rows)
