"""Runs eval-gate on a gate file and predictions that are given as text."""
import json

import pytest

from support.mlsteps import run

COLUMNS = {"label": "y", "prediction": "p", "score": "s", "sensitive": "sex"}
ROWS = "y,p,s,sex\n1,1,0.9,F\n0,0,0.2,F\n1,0,0.4,M\n0,0,0.1,M\n1,1,0.8,M\n0,1,0.6,F\n"


def gates(*rules, **more):
    return json.dumps({"predictions": COLUMNS, "gates": list(rules), **more})


def metric(name="accuracy", **more):
    return {"name": name, "kind": "metric", "metric": "accuracy", "min": 0.5, **more}


@pytest.fixture
def judge(tmp_path):
    """Runs the step on a gate file and predictions given as text."""

    def judged(gate_text, *options, rows=ROWS, env=None):
        (tmp_path / "gates.yaml").write_text(gate_text)
        arguments = ["--gates", tmp_path / "gates.yaml", "--report-dir", tmp_path / "out", *options]
        if rows is not None:
            (tmp_path / "predictions.csv").write_text(rows)
            arguments += ["--predictions", tmp_path / "predictions.csv"]
        return run("eval-gate", *arguments, env=env)

    judged.report = lambda: json.loads((tmp_path / "out/gate-report.json").read_text())
    judged.path = tmp_path
    return judged
