"""train-launcher as a pipeline meets it: exit codes, messages, signals, and children that misbehave."""
import hashlib
import json
import os
import pathlib
import signal
import subprocess
import time

import pytest

from support.mlsteps import BUILD, ROOT, executable, run, succeeded


def sh(script):
    return ["--", "sh", "-c", script]


def has_ended(pid):
    """Gone, or a zombie that nobody has collected yet."""
    for _ in range(200):
        try:
            if ") Z " in pathlib.Path(f"/proc/{pid}/stat").read_text():
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.01)
    return False


def wait_for(path):
    for _ in range(1000):
        if path.exists() and path.read_text().strip():
            return path.read_text().strip()
        time.sleep(0.01)
    raise AssertionError(f"{path} did not appear")


class Started:
    """A launcher that runs while the test does something to it."""

    def __init__(self, tmp_path, *args):
        self.results = tmp_path / "results"
        argv = [executable("train-launcher"), "--results-dir", str(self.results), *map(str, args)]
        self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def finish(self):
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, err

    def result(self, name):
        return (self.results / name).read_text()


def test_a_whole_training(tmp_path):
    (tmp_path / "train.csv").write_text("a,b\n1,2\n")
    script = (
        'echo "epoch=1 loss=0.5" ; echo "{\\"auc\\": 0.75}"; echo warning >&2;'
        'printf weights > "$MODEL_DIR/weights.bin"; echo "{\\"accuracy\\": 0.9}" > "$METRICS_FILE"'
    )
    done = succeeded(
        run("train-launcher", "--param", "depth=3", "--data", "train=train.csv", "--seed", "42", "--model-dir", "model",
            "--metrics-file", "metrics.json", "--record", "record.json", *sh(script), cwd=tmp_path)
    )
    weights = hashlib.sha256(b"weights").hexdigest()
    digest = "sha256:" + hashlib.sha256(f"{weights}  weights.bin\n".encode()).hexdigest()
    assert done.results["state"] == "succeeded"
    assert done.results["exit-code"] == "0"
    assert done.results["reason"] == ""
    assert done.results["model-dir"] == "model"
    assert done.results["model-digest"] == digest
    assert json.loads(done.results["MODEL_ARTIFACT_OUTPUTS"]) == {"uri": f"file://{tmp_path}/model", "digest": digest}
    assert json.loads(done.results["metrics"]) == {"accuracy": 0.9, "auc": 0.75, "epoch": 1, "loss": 0.5}
    assert float(done.results["duration-seconds"]) < 5
    assert "epoch=1 loss=0.5\n" in done.err and "warning\n" in done.err and done.out == ""

    record = json.loads((tmp_path / "record.json").read_text())
    assert record["schema_version"] == 1
    assert record["run_id"] == done.results["run-id"]
    assert record["command"] == ["sh", "-c", script]
    assert record["parameters"] == {"depth": "3"}
    assert record["seed"] == 42
    assert record["data"] == [{"name": "train", "path": "train.csv",
                               "digest": "sha256:" + hashlib.sha256(b"a,b\n1,2\n").hexdigest()}]
    assert record["environment"]["PYTHONHASHSEED"] == "42" and record["environment"]["PARAM_DEPTH"] == "3"
    canonical = json.dumps(record["environment"], sort_keys=True, separators=(",", ":"))
    assert record["environment_digest"] == "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()
    assert record["model"] == {"directory": "model", "digest": digest, "files": 1, "bytes": 7}
    assert record["exit_code"] == 0 and record["state"] == "succeeded"


def test_the_command_as_options_a_word_a_line(tmp_path):
    done = succeeded(run("train-launcher", "--command", "sh\n-c\necho value=$0\n7"))
    assert json.loads(done.results["metrics"]) == {"value": 7}


def test_the_git_commit_is_recorded(tmp_path):
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run([*git, "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "first"], cwd=tmp_path, check=True)
    commit = subprocess.check_output([*git, "rev-parse", "HEAD"], cwd=tmp_path, text=True).strip()

    def recorded(where):
        succeeded(run("train-launcher", "--record", str(tmp_path / ".git" / "record.json"), "--", "true", cwd=where))
        return json.loads((tmp_path / ".git" / "record.json").read_text())["git"]

    assert recorded(tmp_path) == {"commit": commit, "dirty": False}
    (tmp_path / "train.py").write_text("pass\n")
    assert recorded(tmp_path) == {"commit": commit, "dirty": True}
    assert recorded("/") is None


def test_the_log_is_live(tmp_path):
    started = Started(tmp_path, *sh(f"echo first; while [ ! -e {tmp_path}/go ]; do sleep 0.05; done; echo last"))
    assert started.process.stderr.readline() == "first\n"
    (tmp_path / "go").touch()
    code, err = started.finish()
    assert code == 0 and err.startswith("last\n")


def test_failure_is_the_users_and_its_code_a_result(tmp_path):
    done = run("train-launcher", "--record", "record.json", *sh("echo 'ValueError: no data' >&2; exit 9"), cwd=tmp_path)
    assert done.code == 6
    assert done.results["state"] == "failed"
    assert done.results["exit-code"] == "9"
    assert done.results["reason"] == "the command failed with exit code 9; its last words: ValueError: no data"
    assert json.loads((tmp_path / "record.json").read_text())["exit_code"] == 9


def test_a_signal_is_named():
    done = run("train-launcher", *sh("kill -KILL $$"))
    assert done.code == 6 and done.results["exit-code"] == "137"
    assert "runs out of memory; compare its use with the memory limit" in done.err
    assert "signal 11 (Segmentation fault)" in run("train-launcher", *sh("kill -SEGV $$")).err


@pytest.mark.parametrize("condition, line", [
    ("loss is nan", "loss=nan"), ("loss > 10", '{"loss": 11}'), ("loss is not finite", "loss=inf")])
def test_stop_if(condition, line):
    begun = time.monotonic()
    done = run("train-launcher", "--stop-if", condition, *sh(f"echo loss=1; echo '{line}'; exec sleep 60"))
    assert done.code == 6 and done.results["state"] == "stopped"
    assert f"--stop-if '{condition}'" in done.results["reason"]
    assert time.monotonic() - begun < 10


def test_silence_and_time_end_a_training():
    done = run("train-launcher", "--max-idle", "300ms", *sh("echo once; exec sleep 60"))
    assert done.code == 7 and done.results["state"] == "timed-out"
    assert "it printed nothing for 300 ms" in done.results["reason"]
    done = run("train-launcher", "--timeout", "300ms", *sh("while :; do echo x; sleep 0.05; done"))
    assert done.code == 7 and done.results["state"] == "timed-out" and "--timeout passed" in done.results["reason"]


def test_sigterm_cancels_and_the_training_saves_its_work(tmp_path):
    script = f"trap 'sleep 0.3; echo saved > {tmp_path}/checkpoint; exit 0' TERM; echo $$ > {tmp_path}/pid; " \
             "while :; do sleep 0.05; done"
    started = Started(tmp_path, "--record", tmp_path / "record.json", *sh(script))
    pid = wait_for(tmp_path / "pid")
    started.process.send_signal(signal.SIGTERM)
    code, err = started.finish()
    assert code == 143
    assert started.result("state") == "cancelled"
    assert (tmp_path / "checkpoint").read_text() == "saved\n"
    assert json.loads((tmp_path / "record.json").read_text())["state"] == "cancelled"
    assert has_ended(pid)


def test_a_child_that_ignores_sigterm_is_killed_after_the_grace(tmp_path):
    script = f"trap '' TERM; echo $$ > {tmp_path}/pid; while :; do sleep 0.05; done"
    started = Started(tmp_path, "--grace", "500ms", *sh(script))
    pid = wait_for(tmp_path / "pid")
    begun = time.monotonic()
    started.process.send_signal(signal.SIGTERM)
    code, err = started.finish()
    assert code == 143 and 0.5 <= time.monotonic() - begun < 10
    assert "still running 500 ms after SIGTERM; sending SIGKILL" in err
    assert has_ended(pid)


def test_grandchildren_end_with_the_training(tmp_path):
    script = f"sh -c 'sleep 1000 & echo $! > {tmp_path}/pid; wait' & wait"
    started = Started(tmp_path, *sh(script))
    pid = wait_for(tmp_path / "pid")
    started.process.send_signal(signal.SIGTERM)
    assert started.finish()[0] == 143
    assert has_ended(pid)


def test_workers_that_a_finished_training_leaves_are_ended(tmp_path):
    done = succeeded(run("train-launcher", *sh(f"sleep 1000 & echo $! > {tmp_path}/pid; exit 0")))
    assert done.results["state"] == "succeeded"
    assert has_ended((tmp_path / "pid").read_text().strip())


def test_a_killed_launcher_takes_the_training_with_it(tmp_path):
    started = Started(tmp_path, "--", "sh", "-c", f"echo $$ > {tmp_path}/pid; exec sleep 1000")
    pid = wait_for(tmp_path / "pid")
    started.process.kill()
    started.finish()
    assert has_ended(pid)
    assert started.result("state") == ""


def test_a_child_that_closes_its_output():
    done = run("train-launcher", *sh("exec >&- 2>&-; sleep 0.3; exit 5"))
    assert done.code == 6 and done.results["exit-code"] == "5"


def test_a_flood_loses_nothing():
    done = succeeded(run("train-launcher", *sh("yes 'some line of a log' | head -n 1000000; echo lines=1000000")))
    assert done.err.count("some line of a log\n") == 1_000_000
    assert json.loads(done.results["metrics"]) == {"lines": 1_000_000}


def test_a_flood_without_a_line_end_stays_small():
    script = "head -c 300000000 /dev/zero | tr '\\0' a"
    with subprocess.Popen([executable("train-launcher"), *sh(script)], stderr=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    assert usage.ru_maxrss < 100_000  # KiB, of which a part is this test's own before the exec


def test_nobody_reads_the_log():
    process = subprocess.Popen([executable("train-launcher"), *sh("yes | head -n 300000")], stderr=subprocess.PIPE,
                               stdout=subprocess.DEVNULL)
    process.stderr.close()
    assert process.wait(timeout=30) == 0


def test_the_log_reader_hangs(tmp_path):
    """A reader that stopped must not keep a cancelled training alive."""
    started = Started(tmp_path, "--grace", "500ms", *sh(f"echo $$ > {tmp_path}/pid; yes"))
    pid = wait_for(tmp_path / "pid")
    time.sleep(0.5)  # the pipe to us is full by now, and nothing reads it
    started.process.send_signal(signal.SIGTERM)
    assert started.process.wait(timeout=20) == 143
    started.finish()
    assert has_ended(pid)


def test_a_training_that_leaves_nothing_has_failed(tmp_path):
    done = run("train-launcher", "--model-dir", "model", "--", "true", cwd=tmp_path)
    assert done.code == 6 and "left no model in model; make it write there" in done.err
    done = run("train-launcher", "--metrics-file", "m.json", "--", "true", cwd=tmp_path)
    assert done.code == 6 and "wrote no m.json" in done.err


def test_an_earlier_runs_files_do_not_pass_for_this_ones(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "weights.bin").write_text("old")
    (tmp_path / "m.json").write_text('{"accuracy": 1}')
    done = run("train-launcher", "--model-dir", "model", "--", "true", cwd=tmp_path)
    assert done.code == 6 and "what is there is the model of an earlier run" in done.err
    assert done.results["model-digest"] == ""
    done = run("train-launcher", "--metrics-file", "m.json", "--", "true", cwd=tmp_path)
    assert done.code == 6 and "did not write m.json" in done.err
    # Written again with the same content, it is this run's.
    done = succeeded(run("train-launcher", "--model-dir", "model", *sh("printf old > model/weights.bin"), cwd=tmp_path))
    assert done.results["model-digest"] != ""


def test_a_metrics_file_that_does_not_parse(tmp_path):
    done = run("train-launcher", "--metrics-file", "m.json", *sh("echo '{\"accuracy\": NaN}' > m.json"), cwd=tmp_path)
    assert done.code == 3 and "m.json:1:" in done.err
    assert done.results["state"] == "failed"


def test_a_model_with_a_link_in_it(tmp_path):
    done = run("train-launcher", "--model-dir", "model", *sh("ln -s /etc/passwd model/weights"), cwd=tmp_path)
    assert done.code == 3 and "weights" in done.err


def test_metrics_that_do_not_fit_are_left_to_the_record(tmp_path):
    script = "for i in $(seq 400); do echo some_metric_$i=$i; done"
    done = succeeded(run("train-launcher", "--record", "r.json", *sh(script), cwd=tmp_path))
    assert done.results["metrics"] == "" and "do not fit" in done.err
    assert len(json.loads((tmp_path / "r.json").read_text())["metrics"]) == 400


def test_regexes_and_progress(tmp_path):
    progress = tmp_path / "progress"
    script = "echo 'epoch 3/4 - val_acc: 0.5'; sleep 0.5; cat $ARGO_PROGRESS_FILE; exit 0"
    done = succeeded(run("train-launcher", "--metric-regex", "accuracy=val_acc: ([0-9.]+)", "--stdout-metrics", "false",
                         "--progress-regex", r"epoch (\d+)/(\d+)", *sh(script), env={"ARGO_PROGRESS_FILE": progress}))
    assert json.loads(done.results["metrics"]) == {"accuracy": 0.5}
    assert "75/100" in done.err
    assert progress.read_text() == "100/100"


@pytest.mark.parametrize("arguments, code, message", [
    ([], 2, "no command was given; put it after '--'"),
    (["--", "no-such-program"], 4, "no-such-program: not found in PATH"),
    (["--", "/etc/passwd"], 4, "/etc/passwd: Permission denied"),
    (["--working-dir", "/no/such", "--", "true"], 4, "(in the directory /no/such)"),
    (["--sed", "1", "--", "true"], 2, "did you mean '--seed'?"),
    (["--seed", "-1", "--", "true"], 2, "--seed"),
    (["--stop-if", "loss", "--", "true"], 2, "'loss' is not a condition; expected 'NAME is nan'"),
    (["--metric-regex", "a(", "--", "true"], 2, "'a(' is not a regular expression"),
    (["--metric-regex", "acc", "--", "true"], 2, "needs two groups"),
    (["--progress-regex", "epoch", "--", "true"], 2, "needs one group"),
    (["--data", "train=/no/such.csv", "--", "true"], 4, "--data train: "),
    (["--param", "depth", "--", "true"], 2, "--param"),
    (["--", "train", "{param.depth}"], 2, "the command names {param.depth}, but that option is not given"),
    (["--grace", "60s", "--timeout", "1h", "--", "true"], 2, "with --timeout at most 25s"),
    (["--record", "/proc/none/record.json", "--", "true"], 4, "/proc/none"),
])
def test_what_is_refused(arguments, code, message):
    done = run("train-launcher", *arguments)
    assert done.code == code, done.err
    assert message in done.err


def test_dry_run_starts_nothing(tmp_path):
    done = succeeded(run("train-launcher", "--dry-run", "--seed", "1", "--param", "a=b", "--model-dir", "model", "--record",
                         "r.json", "--", "touch", "started-{param.a}", cwd=tmp_path))
    assert json.loads(done.out)["command"] == ["touch", "started-b"]
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_said_and_leaves_no_half_record(tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small], check=True)
    try:
        script = f"head -c 100000 /dev/zero > {small}/fill; true"
        done = run("train-launcher", "--record", small / "record.json", "--data", "in=/etc/passwd", *sh(script))
        assert done.code == 4 and "No space left" in done.err
        assert [p.name for p in small.iterdir()] == ["fill"]
    finally:
        subprocess.run(["umount", small], check=True)


def test_the_readmes_example(tmp_path):
    readme = (ROOT / "steps" / "train-launcher" / "README.md").read_text()
    example = readme.split("```sh\n")[1].split("```")[0]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "train.csv").write_text("a\n1\n")
    (tmp_path / "train.py").write_text("""
import json, os, sys
assert sys.argv[1:] == ["--depth", "3", "--data", "data/train.csv", "--out", "model"]
json.dump({"accuracy": 0.9}, open(os.environ["METRICS_FILE"], "w"))
open("model/weights", "w").write("trained")
""")
    path = f"{BUILD / 'bin'}:{os.environ['PATH']}"
    done = subprocess.run(["sh", "-e", "-c", example], cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True,
                          text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("sha256:")
    assert json.loads((tmp_path / "training-record.json").read_text())["metrics"] == {"accuracy": 0.9}
