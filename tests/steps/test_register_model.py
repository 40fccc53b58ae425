"""register-model on a directory registry: once, with evidence that was checked, whatever happens in between."""
import concurrent.futures
import json
import os
import pathlib
import subprocess

import pytest

from support.models import (PUBLISHING, gate, kill_at, make_key_pair, sign_model, tree_digest, write_gate_report, write_model,
                            write_training_record)
from support.mlsteps import BUILD, ROOT, run, succeeded


@pytest.fixture
def model(tmp_path):
    return write_model(tmp_path / "model")


@pytest.fixture
def register(tmp_path, model):
    def call(*args, **kwargs):
        usual = {"--registry": tmp_path / "registry", "--name": "diabetes", "--model": model}
        given = [word for pair in usual.items() if pair[0] not in args for word in pair]
        return run("register-model", *given, *args, **kwargs)

    return call


def ledger(tmp_path, name="diabetes"):
    lines = (tmp_path / "registry" / "models" / name / "ledger.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def refused(result, code, *parts):
    assert result.code == code, f"exit {result.code}\n{result.err}"
    for part in parts:
        assert part in result.err, result.err
    return result


def test_registers_once(register, tmp_path, model):
    first = succeeded(register("--tag", "team=blue", "--description", "first"))
    assert first.results["created"] == "true"
    assert first.results["model-version"] == "1"
    assert first.results["model-uri"] == "models:/diabetes/1"
    again = succeeded(register("--tag", "team=blue"))
    assert again.results == {**first.results, "created": "false"}
    assert len(ledger(tmp_path)) == 1
    (model / "data" / "weights.bin").write_text("better weights")
    assert succeeded(register()).results["model-version"] == "2"


def test_the_storage_uri_holds_the_model(register, model):
    served = pathlib.Path(succeeded(register()).results["storage-uri"].removeprefix("file://"))
    assert tree_digest(served) == tree_digest(model)


def test_a_run_is_part_of_the_key(register):
    one = succeeded(register("--run-id", "run-1")).results
    two = succeeded(register("--run-id", "run-2")).results
    assert (one["model-version"], two["model-version"]) == ("1", "2")
    assert succeeded(register("--run-id", "run-1")).results == {**one, "created": "false"}


def test_eight_at_once_make_one_version(register, tmp_path):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        results = [succeeded(each.result()).results for each in [pool.submit(register) for _ in range(8)]]
    assert {each["model-version"] for each in results} == {"1"}
    assert sorted(each["created"] for each in results) == ["false"] * 7 + ["true"]
    assert len(ledger(tmp_path)) == 1


def test_killed_at_every_publish_point(tmp_path):
    model = write_model(tmp_path / "model")
    report = write_gate_report(tmp_path / "report.json", model)
    kills = 0
    for n in range(1, 100):
        place = tmp_path / str(n)
        args = ("--registry", place / "registry", "--name", "diabetes", "--model", model, "--gate-report", report, "--require-gate")
        killed = run("register-model", *args, prefix=kill_at(n, *PUBLISHING))
        if killed.code == 0:
            break
        kills += 1
        result = succeeded(run("register-model", *args)).results
        assert result["model-version"] == "1"
        assert len(ledger(place)) == 1
        assert tree_digest(result["storage-uri"].removeprefix("file://")) == tree_digest(model)
        assert succeeded(run("register-model", *args)).results == {**result, "created": "false"}
    assert kills > 10


def test_a_ledger_with_an_unfinished_line_is_mended(register, tmp_path, model):
    succeeded(register())
    path = tmp_path / "registry" / "models" / "diabetes" / "ledger.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"schema_version":1,"kind":"regis')
    assert succeeded(register()).results["created"] == "false"
    (model / "MLmodel").write_text("other")
    assert succeeded(register()).results["model-version"] == "2"
    assert path.read_bytes().startswith(whole)
    assert len(ledger(tmp_path)) == 2


def test_a_ledger_that_was_edited_is_an_input_error(register, tmp_path):
    succeeded(register())
    path = tmp_path / "registry" / "models" / "diabetes" / "ledger.jsonl"
    path.write_text(path.read_text().replace('"version":1', '"version":4'))
    refused(register(), 3, "ledger.jsonl:1", "version 4 where 1 was expected")
    path.write_text("{\n")
    refused(register(), 3, "ledger.jsonl:1")


def test_lineage_becomes_tags_and_attachments(register, tmp_path, model):
    record = write_training_record(tmp_path / "training-record.json", model)
    data = tmp_path / "data-version.json"
    data.write_text(json.dumps({"schema_version": 1, "cache_key": "sha256:" + "c" * 64, "inputs": [],
                                "outputs": [{"name": "train.parquet", "path": "t", "digest": "sha256:" + "f" * 64}]}))
    report = write_gate_report(tmp_path / "report.json", model)
    image = "registry.example/diabetes:v1@sha256:" + "a" * 64
    succeeded(register("--training-record", record, "--data-version", data, "--gate-report", report, "--image-ref", image,
                       "--attach", f"notes.md={__file__}"))
    (line,) = ledger(tmp_path)
    tags = line["tags"]
    assert tags["git.commit"] == "0123456789abcdef0123456789abcdef01234567"
    assert tags["git.dirty"] == "false"
    assert tags["model.digest"] == tree_digest(model)
    assert tags["data.digest.train"] == "sha256:" + "d" * 64
    assert tags["data.digest.train.parquet"] == "sha256:" + "f" * 64
    assert tags["image.digest"] == "sha256:" + "a" * 64
    assert tags["training.seed"] == "7"
    assert tags["gate.verdict"] == "pass"
    assert (tags["metric.f1"], tags["metric.loss"]) == ("0.8", "0.25")
    assert set(line["attachments"]) == {"training-record.json", "data-version.json", "gate-report.json", "notes.md"}
    blob = tmp_path / "registry" / "blobs" / line["attachments"]["gate-report.json"].replace(":", "/")
    assert blob.read_bytes() == report.read_bytes()


def test_the_verdict_is_computed_again(register, tmp_path, model):
    report = tmp_path / "report.json"
    refused(register("--require-gate"), 2, "--gate-report")
    write_gate_report(report, model, verdict="fail", gates=[gate(status="fail", value=0.6)])
    refused(register("--gate-report", report, "--require-gate"), 10, "the verdict is fail (f1)")
    write_gate_report(report, model, gates=[gate(status="fail", value=0.6)])
    refused(register("--gate-report", report, "--require-gate"), 10, "its gates say fail")
    write_gate_report(report, model, gates=[gate(value=0.6)])
    refused(register("--gate-report", report, "--require-gate"), 10, "0.6 >= 0.7 does not hold")
    refused(register("--gate-report", report), 10, "0.6 >= 0.7 does not hold")
    write_gate_report(report, write_model(tmp_path / "other", "other weights"))
    refused(register("--gate-report", report, "--require-gate"), 10, "about another model")
    write_gate_report(report, None)
    refused(register("--gate-report", report, "--require-gate"), 10, "--model-digest")
    report.write_text('{"schema_version": 1,\n "verdict": }')
    refused(register("--gate-report", report, "--require-gate"), 3, "report.json:2:")
    assert not (tmp_path / "registry").exists()


def test_a_verdict_that_is_not_demanded_is_recorded_as_it_is(register, tmp_path, model):
    report = write_gate_report(tmp_path / "report.json", model, verdict="fail", gates=[gate(status="fail", value=0.6)])
    succeeded(register("--gate-report", report))
    assert ledger(tmp_path)[0]["tags"]["gate.verdict"] == "fail"


def test_a_warning_is_enough(register, tmp_path, model):
    report = write_gate_report(tmp_path / "report.json", model, verdict="warn", gates=[gate(), gate("slow", "warn", 0.6, severity="warn")])
    succeeded(register("--gate-report", report, "--require-gate"))
    assert ledger(tmp_path)[0]["tags"]["gate.verdict"] == "warn"


def test_reported_only_the_refusal_is_an_answer(register, tmp_path, model):
    report = write_gate_report(tmp_path / "report.json", model, verdict="fail", gates=[gate(status="fail", value=0.6)])
    result = succeeded(register("--gate-report", report, "--require-gate", "--on-reject", "report"))
    assert result.results["model-version"] == ""
    assert not (tmp_path / "registry").exists()


def test_a_signature_is_verified_over_the_files(register, tmp_path, model):
    key = make_key_pair(tmp_path / "cosign")
    bundle = sign_model(model, key, tmp_path / "model.sig")
    signed = ("--model-signature", bundle, "--key", key.public, "--require-signature")
    succeeded(register(*signed))
    tags = ledger(tmp_path)[0]["tags"]
    assert tags["signature.digest"].startswith("sha256:")
    assert tags["openssf.root"].startswith("sha256:")
    refused(register("--require-signature"), 2, "--model-signature")
    refused(register("--model-signature", bundle), 2, "--key")
    other = make_key_pair(tmp_path / "other")
    refused(register("--model-signature", bundle, "--key", other.public), 10, "does not hold")
    (model / "data" / "weights.bin").write_text("poisoned")
    refused(register(*signed), 10, "does not hold")
    bundle.write_text("{")
    refused(register(*signed), 10, "model.sig")
    assert len(ledger(tmp_path)) == 1


def test_a_signature_inside_the_directory_is_not_a_part_of_the_model(register, tmp_path, model):
    digest = tree_digest(model)
    key = make_key_pair(tmp_path / "cosign")
    bundle = sign_model(model, key, model / "model.sig")
    succeeded(register("--model-signature", bundle, "--key", key.public, "--require-signature"))
    assert ledger(tmp_path)[0]["tags"]["model.digest"] == digest


def test_a_record_of_another_model_is_refused(register, tmp_path, model):
    other = write_model(tmp_path / "other", "other weights")
    record = write_training_record(tmp_path / "training-record.json", other)
    refused(register("--training-record", record), 10, "about another model")


def test_a_model_that_is_elsewhere_is_not_copied(register, tmp_path):
    uri = "oci://registry.example/diabetes@sha256:" + "a" * 64
    assert succeeded(register("--storage-uri", uri)).results["storage-uri"] == uri
    assert not (tmp_path / "registry" / "artifacts").exists()


def test_a_dry_run_changes_nothing(register, tmp_path):
    assert succeeded(register("--dry-run")).results["model-version"] == ""
    assert not (tmp_path / "registry").exists()
    key = succeeded(register()).results["registry-key"]
    result = succeeded(register("--dry-run")).results
    assert (result["model-version"], result["created"], result["registry-key"]) == ("1", "false", key)


@pytest.mark.parametrize("args, code, part", [
    (("--image-ref", "registry.example/app:v1"), 2, "has no digest"),
    (("--storage-uri", "oci://registry.example/app:v1"), 2, "append its digest"),
    (("--storage-uri", "models:/a/1"), 2, "KServe can fetch"),
    (("--tag", "mlsteps.key=x"), 2, "set by the step itself"),
    (("--tag", "model.digest=x"), 2, "set by the step itself"),
    (("--tag", "novalue"), 2, "NAME=VALUE"),
    (("--attach", "a/b=/etc/hostname"), 2, "without '/'"),
    (("--attach", "a=/nowhere"), 4, "/nowhere"),
    (("--training-record", "/nowhere.json"), 4, "/nowhere.json"),
    (("--data-version", "/dev/null"), 3, "/dev/null"),
    (("--model", "/nowhere"), 4, "not a directory"),
    (("--name", "a/b"), 2, "not a model name"),
    (("--registry", "s3://bucket"), 2, "not a model registry"),
    (("--registy", "x"), 2, "did you mean"),
])
def test_bad_input(register, args, code, part):
    refused(register(*args), code, part)


def test_an_empty_model_directory_is_refused(register, model, tmp_path):
    (tmp_path / "empty").mkdir()
    refused(register("--model", tmp_path / "empty"), 3, "has no files")
    (model / "link").symlink_to("/etc/passwd")
    refused(register(), 3, "link")


def test_the_commands_of_the_readme_run(tmp_path):
    script = (ROOT / "steps/register-model/README.md").read_text().split("```sh\n")[1].split("```")[0]
    done = subprocess.run(["sh", "-eu", "-c", script], cwd=tmp_path, env={**os.environ, "PATH": f"{BUILD / 'bin'}:{os.environ['PATH']}"},
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [line.split()[:2] for line in done.stdout.splitlines()[-2:]] == [["1", "registered"], ["2", "registered"]]
