"""The commands of the documents are run as they stand: here those that need more than their own step's tests have."""
import json
import os
import pathlib
import random
import re
import subprocess

import pytest
from support.mlsteps import BUILD, ROOT, run, succeeded

STEPS = sorted(path.name for path in (ROOT / "steps").iterdir() if path.is_dir())


def shell_blocks(path):
    return re.findall(r"```sh\n(.*?)```", path.read_text(), re.S)


def typed(script, directory):
    environment = {**os.environ, "PATH": f"{BUILD / 'bin'}:{os.environ['PATH']}"}
    done = subprocess.run(["sh", "-eu", "-c", script], cwd=directory, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_eval_gate(tmp_path):
    """The command of the README, with a gate that the data meet and a champion to compare with."""
    model = tmp_path / "model"
    model.mkdir()
    (model / "weights").write_text("w")
    chance = random.Random(7)
    rows = ["progressed,probability,sex"]
    for _ in range(400):
        label = chance.random() < 0.5
        rows.append(f"{int(label)},{0.9 if label else 0.1},{chance.choice('fm')}")
    (tmp_path / "predictions.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "gates.yaml").write_text(
        "predictions: {label: progressed, score: probability, positive: 1}\n"
        "gates:\n"
        "  - {name: accuracy, kind: metric, metric: accuracy, min: 0.9}\n"
        "  - {name: champion, kind: champion, metric: accuracy, min-ratio: 0.95, first-run: pass}\n")
    succeeded(run("register-model", "--registry", tmp_path / "registry", "--name", "diabetes", "--model", model))
    (script,) = shell_blocks(ROOT / "steps" / "eval-gate" / "README.md")[:1]
    typed(script, tmp_path)
    report = json.loads((tmp_path / "report" / "gate-report.json").read_text())
    assert report["verdict"] == "pass" and len(report["gates"]) == 2


def test_the_gate_file_of_eval_gate(tmp_path):
    """The gate file that the README explains is parsed and planned, every kind of it."""
    text = re.search(r"```yaml\n(.*?)```", (ROOT / "steps/eval-gate/README.md").read_text(), re.S).group(1)
    assert {line.split(":")[1].strip() for line in text.splitlines() if line.strip().startswith("kind:")} == {
        "metric", "champion", "data-quality", "fairness", "latency", "serving",
    }
    (tmp_path / "gates.yaml").write_text(text)
    succeeded(run("eval-gate", "--dry-run", "--gates", tmp_path / "gates.yaml", "--predictions", "predictions.csv",
                  "--profile", "profile.json", "--reference-profile", "training/profile.json",
                  "--endpoint", "http://localhost:8080", "--registry", "registry", "--model-name", "diabetes",
                  "--report-dir", tmp_path / "report"))


@pytest.mark.parametrize("step", STEPS)
def test_every_step_has_its_page_with_a_command_and_a_table_of_failures(step):
    page = ROOT / "steps" / step / "README.md"
    text = page.read_text()
    assert f"{step} " in shell_blocks(page)[0]
    assert re.search(r"^## .*(fail|says no)", text, re.M | re.I), "a section on failures with their remedies"


def test_what_the_readme_names_exists():
    text = (ROOT / "README.md").read_text()
    for link in re.findall(r"\]\(([^)]+)\)", text):
        assert (ROOT / link).exists(), link
    for command in ("examples/train-to-serve/run.sh", "tests/run.sh"):
        assert f"    {command} " in text and os.access(ROOT / command, os.X_OK)
    for folder in re.findall(r"^        (\w+) {2,}", text, re.M):
        assert (ROOT / "common" / folder).is_dir(), folder


def test_the_exit_codes_of_the_readme_are_those_of_the_code():
    table = re.findall(r"^\| (\d+) \| (\w+) \|", (ROOT / "README.md").read_text(), re.M)
    described = json.loads(succeeded(run("eval-gate", "--describe", "json")).out)["exit_codes"]
    assert [(int(code), name) for code, name in table] == [(each["code"], each["name"]) for each in described]
