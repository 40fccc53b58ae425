"""preprocess-runner alone: what it makes, its cache, its commands, its documents."""
import hashlib
import json
import os
import pathlib
import signal
import stat
import subprocess
import sys
import time

import pytest

from support.mlsteps import executable, run, succeeded
from support.preprocess_place import COPY, GOOD, Place, STEP, TRANSFORM


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def test_transform_writes_the_table_and_its_results(place):
    result = succeeded(place.cached())
    assert place.clean.read_text() == "age,y\n41,1.5\n33,3.5\n"
    digest = "sha256:" + hashlib.sha256(place.clean.read_bytes()).hexdigest()
    assert result.results == {
        "cache-hit": "false", "cache-key": result.results["cache-key"], "rows-in": "3", "rows-out": "2",
        "DATA_ARTIFACT_OUTPUTS": json.dumps({"digest": digest, "uri": f"file://{place.clean}"}, separators=(",", ":")),
        "data-digest": digest, "schema-verdict": "", "command-exit-code": ""}


def test_a_second_run_is_a_hit_and_touches_nothing(place):
    first = succeeded(place.cached())
    before = place.clean.stat()
    second = succeeded(place.cached())
    assert second.results == {**first.results, "cache-hit": "true"}
    after = place.clean.stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_a_hit_brings_back_what_is_gone_or_changed(place):
    succeeded(place.cached())
    made = place.clean.read_bytes()
    place.clean.write_text("something else")
    assert succeeded(place.cached()).results["cache-hit"] == "true"
    assert place.clean.read_bytes() == made
    place.clean.unlink()
    assert succeeded(place.cached()).results["cache-hit"] == "true"
    assert place.clean.read_bytes() == made


def test_no_cache_does_the_work_and_keeps_nothing(place):
    succeeded(place.cached())
    assert succeeded(place.cached("--no-cache")).results["cache-hit"] == "false"


@pytest.mark.parametrize("change", ["input", "transform", "output format", "schema"])
def test_whatever_the_outputs_are_made_from_changes_the_key(place, change):
    first = succeeded(place.cached()).results["cache-key"]
    more = []
    if change == "input":
        (place.root / "raw.csv").write_text(GOOD + "50,m,4.5\n")
    elif change == "transform":
        (place.root / "prepare.yaml").write_text(TRANSFORM.replace("[age, y]", "[y, age]"))
    elif change == "schema":
        (place.root / "s.yaml").write_text("columns: {y: {type: real}}\nextra_columns: true\n")
        more = ["--schema", "raw=s.yaml"]
    name = "out/clean.tsv" if change == "output format" else "out/clean.csv"
    result = succeeded(run(STEP, "--input", "raw=raw.csv", "--output", f"clean={name}", "--transform", "prepare.yaml",
                           "--cache-dir", "cache", *more, cwd=place.root))
    assert result.results["cache-hit"] == "false"
    assert result.results["cache-key"] != first


def test_what_does_not_matter_does_not_change_the_key(place):
    first = succeeded(place.cached()).results["cache-key"]
    (place.root / "raw.csv").rename(place.root / "moved.csv")
    (place.root / "prepare.yaml").write_text("# a comment\n" + TRANSFORM)
    result = succeeded(run(STEP, "--input", "raw=moved.csv", "--output", "clean=elsewhere.csv", "--transform",
                           "prepare.yaml", "--cache-dir", "cache", cwd=place.root))
    assert result.results["cache-hit"] == "true"
    assert result.results["cache-key"] == first


def test_print_key_prints_the_key_alone_and_does_nothing(place):
    printed = succeeded(place.cached("--print-key"))
    assert len(printed.out) == 65 and not (place.root / "out").exists() and not (place.root / "cache").exists()
    assert succeeded(place.cached()).results["cache-key"] == printed.out.strip()


def test_explain_cache_names_what_changed(place):
    assert "there is no earlier run" in succeeded(place.cached("--explain-cache")).err
    assert "a hit, made" in succeeded(place.cached("--explain-cache")).err
    (place.root / "prepare.yaml").write_text(TRANSFORM.replace("drop-nulls: [age]", "filter: age > 40"))
    log = succeeded(place.cached("--explain-cache")).err
    assert 'transform.steps[0]: {"drop-nulls":["age"]} is now {"filter":"age > 40"}' in log
    assert "inputs.raw" not in log


def test_dry_run_changes_nothing(place):
    before = place.files()
    result = succeeded(place.cached("--dry-run"))
    assert "the work would be done" in result.err and result.results["cache-hit"] == "false"
    assert place.files() == before
    succeeded(place.cached())
    assert "would come from the cache" in succeeded(place.cached("--dry-run")).err


def test_a_command_gets_its_paths_and_its_words_unchanged(place):
    script = "import sys, json; open(sys.argv[1], 'w').write(json.dumps(sys.argv[2:]))"
    result = succeeded(place.command(sys.executable, "-c", script, "{output.clean}", "{input.raw}", "a b", '{"x":1}', "$HOME"))
    words = json.loads(place.clean.read_text())
    assert words == [str(place.root / "raw.csv"), "a b", '{"x":1}', "$HOME"]
    assert result.results["command-exit-code"] == "0" and result.results["cache-hit"] == "false"
    again = succeeded(place.command(sys.executable, "-c", script, "{output.clean}", "{input.raw}", "a b", '{"x":1}', "$HOME"))
    assert again.results["cache-hit"] == "true" and again.results["command-exit-code"] == ""


def test_a_command_may_make_directories(place):
    script = "import sys, os; os.makedirs(sys.argv[1] + '/a'); open(sys.argv[1] + '/a/b.txt', 'w').write('x')"
    args = ["--input", "raw=raw.csv", "--output", "tree=out/tree", "--cache-dir", "cache", "--", sys.executable, "-c",
            script, "{output.tree}"]
    first = succeeded(run(STEP, *args, cwd=place.root))
    assert (place.root / "out/tree/a/b.txt").read_text() == "x"
    (place.root / "out/tree/a/extra").write_text("y")
    second = succeeded(run(STEP, *args, cwd=place.root))
    assert second.results["cache-hit"] == "true" and not (place.root / "out/tree/a/extra").exists()
    assert second.results["data-digest"] == first.results["data-digest"]


def test_a_failing_command_is_exit_6_and_leaves_nothing(place):
    script = "import sys; open(sys.argv[1], 'w').write('half'); print('to people'); sys.exit(3)"
    before = place.files()
    result = place.command(sys.executable, "-c", script, "{output.clean}")
    assert result.code == 6
    assert "ended with exit code 3" in result.err and "to people" in result.err and "to people" not in result.out
    assert result.results["command-exit-code"] == "3" and result.results["cache-hit"] == "false"
    assert place.files() == before


def test_a_command_that_makes_no_output_is_exit_6(place):
    result = place.command(sys.executable, "-c", "pass", "{output.clean}")
    assert result.code == 6 and "made no output 'clean'" in result.err


def test_a_changed_script_is_a_miss(place):
    script = place.root / "prep.py"
    script.write_text(COPY)
    words = [sys.executable, "prep.py", "{input.raw}", "{output.clean}"]
    assert succeeded(place.command(*words)).results["cache-hit"] == "false"
    assert succeeded(place.command(*words)).results["cache-hit"] == "true"
    script.write_text(COPY + "\n# changed")
    assert succeeded(place.command(*words)).results["cache-hit"] == "false"


def test_code_env_and_image_are_part_of_the_key(place):
    (place.root / "lib").mkdir()
    (place.root / "lib/a.py").write_text("1")
    words = [sys.executable, "-c", COPY, "{input.raw}", "{output.clean}"]
    keys = {succeeded(place.command(*words)).results["cache-key"]}
    for more, env in ([["--code", "lib"], {}], [["--env", "MODE"], {"MODE": "a"}], [["--env", "MODE"], {"MODE": "secret"}],
                      [["--image", "app@sha256:" + "0" * 64], {}]):
        keys.add(succeeded(place.command(*words, more=more, env=env)).results["cache-key"])
    assert len(keys) == 5
    assert b"secret" not in b"".join(place.files().values())


def test_an_input_that_changes_while_the_command_runs_is_not_stored(place):
    script = "import sys; open('raw.csv', 'a').write('1,f,1\\n'); open(sys.argv[1], 'w').write('x')"
    result = place.command(sys.executable, "-c", script, "{output.clean}")
    assert result.code == 4 and "changed while the step ran" in result.err
    assert not place.clean.exists() and not (place.root / "cache/ac").exists()


def test_sigterm_reaches_the_command_and_leaves_nothing(place):
    script = ("import sys, time, signal; open(sys.argv[1], 'w').write('half'); open('started', 'w').close(); time.sleep(60)")
    process = subprocess.Popen([executable(STEP), "--output", "clean=out/clean.csv", "--", sys.executable, "-c", script,
                                "{output.clean}"], cwd=place.root, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    deadline = time.monotonic() + 20
    while not (place.root / "started").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 143
    assert list((place.root / "out").iterdir()) == []


def test_profiles_report_and_data_version(place):
    more = ["--profile-dir", "profiles", "--report", "report.html", "--data-version", "version.json"]
    first = succeeded(place.cached(*more))
    documents = {name: (place.root / name).read_bytes() for name in
                 ("profiles/clean/profile.json", "report.html", "version.json")}
    profile = json.loads(documents["profiles/clean/profile.json"])
    assert profile["rows"] == 2 and [c["name"] for c in profile["columns"]] == ["age", "y"]
    page = documents["report.html"].decode()
    assert page.count("<svg") == 2 and "http" not in page.replace("http-equiv", "")
    version = json.loads(documents["version.json"])
    assert version["cache_key"] == first.results["cache-key"]
    assert version["inputs"] == [{"name": "raw", "path": "raw.csv",
                                  "digest": "sha256:" + hashlib.sha256(GOOD.encode()).hexdigest(),
                                  "md5": hashlib.md5(GOOD.encode()).hexdigest(), "size": len(GOOD)}]
    for name in documents:
        (place.root / name).unlink()
    succeeded(place.cached(*more))
    assert {name: (place.root / name).read_bytes() for name in documents} == documents


def test_new_outputs_are_readable_as_others_are(place):
    succeeded(place.cached())
    assert stat.S_IMODE(place.clean.stat().st_mode) == 0o644
    place.clean.unlink()
    succeeded(place.cached())
    assert stat.S_IMODE(place.clean.stat().st_mode) == 0o644


README = pathlib.Path(__file__).resolve().parents[2] / "steps" / STEP / "README.md"


def blocks(language):
    """The fenced blocks of the step's page."""
    return [block.split("\n```")[0] for block in README.read_text().split(f"```{language}\n")[1:]]


def test_the_commands_and_files_of_the_readme_work(place):
    shell, = blocks("sh")
    transform, schema = blocks("yaml")
    (place.root / "prepare.yaml").write_text(transform)
    (place.root / "raw.csv").write_text("age,sex,bmi,size,y,zip,mail\n" + "".join(
        f"{20 + i},{'fm'[i % 2]},{20 + i / 4},{'SML'[i % 3]},{100 + i},0{i},p{i}@example.org\n" for i in range(100)))
    (place.root / "prep.py").write_text(COPY)
    (place.root / "raw.schema.yaml").write_text(schema.replace("extra_columns: false", "extra_columns: true"))
    path = f"{pathlib.Path(executable(STEP)).parent}:{os.environ['PATH']}"
    for hit in ("false", "true"):
        done = subprocess.run(["bash", "-e", "-c", shell], cwd=place.root, env={**os.environ, "PATH": path},
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count(f'"cache-hit": "{hit}"') == 2
    succeeded(run(STEP, "--input", "raw=raw.csv", "--output", "train=t.csv", "--transform", "prepare.yaml", "--schema",
                  "raw=raw.schema.yaml", cwd=place.root))


def test_the_report_is_well_formed(place):
    """Every chart parses as XML, whatever the data looks like."""
    import xml.etree.ElementTree
    (place.root / "raw.csv").write_text('"a<b>&\'""",x,c\n"<script>alert(1)</script>",1,5\n"& ""é""",2.5,5\n,nan,5\n')
    (place.root / "prepare.yaml").write_text("steps: []\n")
    succeeded(place.run("--report", "report.html"))
    page = (place.root / "report.html").read_text()
    charts = ["<svg" + part.split("</svg>")[0] + "</svg>" for part in page.split("<svg")[1:]]
    assert len(charts) == 3 and "<script>" not in page
    for chart in charts:
        xml.etree.ElementTree.fromstring(chart)
