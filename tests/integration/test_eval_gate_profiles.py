"""The data-quality gate on real profiles of preprocess-runner."""
import json

import numpy as np
import pandas as pd
import pytest

from support.mlsteps import run, succeeded


def profile(tmp_path, name, frame):
    """profile.json of the table, as preprocess-runner makes it."""
    frame.to_csv(tmp_path / f"{name}.csv", index=False)
    (tmp_path / "all.yaml").write_text(json.dumps({"steps": [{"filter": "true"}]}))
    succeeded(
        run(
            "preprocess-runner", "--input", f"raw={tmp_path}/{name}.csv", "--transform", tmp_path / "all.yaml",
            "--output", f"{name}={tmp_path}/{name}.parquet", "--profile-dir", tmp_path / "profiles",
        )  # fmt: skip
    )
    return tmp_path / "profiles" / name / "profile.json"


def table(seed, rows=500, shift=0.0):
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "bmi": random.normal(26, 4, rows) + shift,
            "age": random.integers(20, 80, rows),
            "smoker": random.choice([True, False], rows),
            "note": random.choice(["a", "b"], rows),
        }
    )
    frame["smoker"] = frame["smoker"].map({True: "true", False: "false"})
    return frame


def judge(tmp_path, now, training, **rule):
    gates = {"gates": [{"name": "data", "kind": "data-quality", **rule}]}
    (tmp_path / "gates.yaml").write_text(json.dumps(gates))
    done = run(
        "eval-gate", "--gates", tmp_path / "gates.yaml", "--report-dir", tmp_path / "out",
        "--profile", profile(tmp_path, "now", now), "--reference-profile", profile(tmp_path, "training", training),
    )  # fmt: skip
    return done, json.loads((tmp_path / "out/gate-report.json").read_text())["gates"][0]


def test_each_mean_is_compared_in_deviations_of_the_training_values(tmp_path):
    now, training = table(1, shift=3), table(2)
    done, gate = judge(tmp_path, now, training, **{"max-sigma": 2, "max-null-share": 0, "min-rows": 500})
    assert done.code == 0, done.err
    shifts = {check["subject"]: check["value"] for check in gate["checks"] if check["unit"] == "sigma"}
    assert set(shifts) == {"column bmi", "column age", "column smoker"}
    for name in ("bmi", "age"):
        expected = abs(now[name].mean() - training[name].mean()) / training[name].std(ddof=0)
        assert shifts[f"column {name}"] == pytest.approx(expected, rel=1e-9)
    page = (tmp_path / "out/report.html").read_text()
    assert "Shift of the mean" in page and ">bmi<" in page


def test_a_drifted_feature_is_named(tmp_path):
    done, gate = judge(tmp_path, table(1, shift=12), table(2), **{"max-sigma": 2})
    assert done.code == 10
    assert [c["subject"] for c in gate["checks"] if c["status"] == "fail"] == ["column bmi"]
    assert gate["message"].startswith("column bmi: ")


def test_nulls_and_missing_columns(tmp_path):
    now = table(1)
    now.loc[:49, "bmi"] = None
    done, gate = judge(tmp_path, now.drop(columns="age"), table(2), **{"max-null-share": 0.05})
    assert done.code == 10
    failed = {c["subject"]: c for c in gate["checks"] if c["status"] == "fail"}
    assert failed["column bmi"]["value"] == pytest.approx(0.1)
    assert failed["column age"]["message"] == "the profile has no such column any more"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"rows": "many"}'])
def test_what_is_no_profile_is_an_error(tmp_path, text):
    (tmp_path / "bad.json").write_text(text)
    (tmp_path / "gates.yaml").write_text('{"gates": [{"name": "d", "kind": "data-quality", "max-sigma": 2}]}')
    bad = tmp_path / "bad.json"
    done = run("eval-gate", "--gates", tmp_path / "gates.yaml", "--profile", bad, "--reference-profile", bad)
    assert done.code == 3
    assert "bad.json" in done.err
    assert done.results["verdict"] == "error"
