"""preprocess-runner alone: what it says to bad input, and what faults leave behind."""
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

from support.mlsteps import executable, kill_at_rename, run, succeeded

STEP = "preprocess-runner"
GOOD = "age,sex,y\n41,f,1.5\n,m,2.5\n33,f,3.5\n"
TRANSFORM = "steps:\n  - drop-nulls: [age]\n  - select: [age, y]\n"


class Place:
    """A directory with an input, a transform file, and the usual options."""

    def __init__(self, root: pathlib.Path):
        self.root = root
        (root / "raw.csv").write_text(GOOD)
        (root / "prepare.yaml").write_text(TRANSFORM)

    def run(self, *more, **named):
        return run(STEP, "--input", "raw=raw.csv", "--output", "clean=out/clean.csv", "--transform", "prepare.yaml",
                   *more, cwd=self.root, **named)

    def cached(self, *more, **named):
        return self.run("--cache-dir", "cache", *more, **named)

    def command(self, *words, more=(), **named):
        return run(STEP, "--input", "raw=raw.csv", "--output", "clean=out/clean.csv", "--cache-dir", "cache", *more,
                   "--", *words, cwd=self.root, **named)

    @property
    def clean(self):
        return self.root / "out" / "clean.csv"

    def files(self):
        """Every file's bytes by its path, the hidden ones left out."""
        return {str(p.relative_to(self.root)): p.read_bytes() for p in self.root.rglob("*")
                if p.is_file() and not any(part.startswith(".") for part in p.relative_to(self.root).parts)}


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


COPY = "import sys, pathlib; pathlib.Path(sys.argv[2]).write_bytes(pathlib.Path(sys.argv[1]).read_bytes())"


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


# Commands.

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


# Options that make no sense.

@pytest.mark.parametrize("arguments, message", [
    (["--output", "a=b.csv"], "expected either --transform FILE or a command after --, and not both"),
    (["--output", "a=b.csv", "--transform", "prepare.yaml"], "a transform needs an input; name it with --input NAME=PATH"),
    (["--input", "raw=raw.csv", "--transform", "prepare.yaml"], "no output; name at least one with --output NAME=PATH"),
    (["--input", "raw=raw.csv", "--output", "raw=b.csv", "--transform", "prepare.yaml"],
     "option '--output': the name 'raw' is given twice"),
    (["--input", "raw=raw.csv", "--output", "a=./raw.csv", "--transform", "prepare.yaml"],
     "./raw.csv is an input or an output already"),
    (["--input", "raw=raw.csv", "--output", "a=b.xlsx", "--transform", "prepare.yaml"],
     "b.xlsx has none of the endings .csv, .tsv and .parquet"),
    (["--input", "raw=raw.csv", "--output", "a=b.csv", "--", "cp", "{input.rwa}", "{output.a}"],
     "the command names {input.rwa}, which is not declared, did you mean 'input.raw'?"),
    (["--input", "raw=raw.csv", "--output", "a=b.csv", "--", "cp", "{input.raw}", "b.csv"],
     "the command does not name {output.a}"),
    (["--input", "raw=raw.csv", "--output", "a=b.csv", "--transform", "prepare.yaml", "--schema", "rw=s.yaml"],
     "option '--schema': 'rw' is neither an input nor an output"),
    (["--input", "raw=raw.csv", "--output", "a=b.csv", "--transform", "prepare.yaml", "--explain-cache"],
     "--explain-cache needs --cache-dir"),
    (["--input", "raw", "--output", "a=b.csv", "--transform", "prepare.yaml"], "option '--input'"),
    (["--inputs", "raw=raw.csv"], "unknown option '--inputs', did you mean '--input'?"),
])
def test_usage_errors(place, arguments, message):
    result = run(STEP, *arguments, cwd=place.root)
    assert result.code == 2, result.err
    assert message in result.err


# Bad input.

BAD_CSV = {
    "ragged": (b"age,sex,y\n1,f,2\n1,f\n", "raw.csv:3: 2 fields, expected 3 as in the header; nothing for column 'y'"),
    "unclosed quote": (b'age,sex,y\n1,"f,2\n3,m,4\n', "raw.csv:2: column 'sex': the quote before 'f,2' is never closed"),
    "invalid UTF-8": (b"age,sex,y\n1,\xe9,2\n", "raw.csv:2: invalid UTF-8: the byte 0xe9 after ''"),
    "NUL": (b"age,sex,y\n1,f\0,2\n", "raw.csv:2: a NUL byte"),
    "empty": (b"", "raw.csv is empty; expected a line with the names of the columns"),
    "header twice": (b"age,sex,age\n", "raw.csv:1: the header names column 'age' twice (columns 1 and 3)"),
    "missing column": (b"sex,y\nf,1\n", "prepare.yaml:2:5: step 1 (drop-nulls): there is no column 'age' (there are sex, y)"),
    "UTF-16": ("age\n".encode("utf-16"), "raw.csv:1: starts with a UTF-16 byte order mark"),
}


@pytest.mark.parametrize("name", BAD_CSV)
def test_bad_csv_is_exit_3_with_its_place(place, name):
    content, message = BAD_CSV[name]
    (place.root / "raw.csv").write_bytes(content)
    result = place.cached()
    assert result.code == 3, result.err
    assert message in result.err
    assert result.results["cache-key"] and result.results["cache-hit"] == "false" and result.results["data-digest"] == ""
    assert not place.clean.exists() and not (place.root / "cache").exists()


@pytest.mark.parametrize("content, message", [
    ("steps:\n  - select: age]\n\tx: 1\n", "prepare.yaml:3:1"),
    ("steps:\n  - select: [age\n", "prepare.yaml:"),
    ("steps:\n  - drop-null: [age]\n",
     "prepare.yaml:2:5: unknown operation 'drop-null', did you mean 'drop-nulls'?"),
    ("stepz: []\n", "prepare.yaml:1:8: unknown key 'stepz', did you mean 'steps'?"),
    ("steps:\n  - split: {fractions: {train: 0.8, test: 0.3}}\n",
     "prepare.yaml:2:24: the fractions add up to 1.1, expected 1"),
    ("steps:\n  - cast: {age: number}\n", "'number' is not a column type"),
    ("steps:\n  - filter: age >\n", "prepare.yaml:2:5: step 1 (filter): Parser Error"),
    ("steps:\n  - derive: {z: nope + 1}\n", "prepare.yaml:2:5: step 1 (derive): Binder Error"),
    ("steps:\n  - sql: SELECT * FROM '/etc/passwd'\n", "prepare.yaml:2:5: step 1 (sql):"),
    ("steps:\n  - sql: SELECT * FROM read_csv('prepare.yaml')\n", "file system operations are disabled"),
    ("steps:\n  - sql: COPY raw TO 'stolen.csv'\n", "prepare.yaml:2:5: step 1 (sql): Parser Error"),
    ("steps:\n  - cast: {sex: integer}\n",
     "prepare.yaml:2:5: step 1 (cast): row 1: column 'sex': 'f' cannot be of the type integer"),
    ("steps:\n  - cast: {y: integer}\n", "row 1: column 'y': '1.5' cannot be of the type integer"),
    ("steps:\n  - select: [age, aeg]\n", "there is no column 'aeg', did you mean 'age'?"),
    ("steps:\n  - rename: {age: Y}\n", "there would be two columns 'y'"),
    ("steps:\n  - select: [age, age]\n", "there would be two columns 'age'"),
    ("read: {row: {null_values: [x]}}\nsteps: []\n", "the transform says how to read 'row', which is not an input, did you mean 'raw'?"),
])
def test_a_bad_transform_file_is_refused_with_its_place(place, content, message):
    (place.root / "prepare.yaml").write_text(content)
    result = place.run()
    assert result.code in (2, 3), result.err
    assert message in result.err
    assert not place.clean.exists() and not (place.root / "stolen.csv").exists()


def test_a_declared_type_is_held_against_every_value(place):
    (place.root / "prepare.yaml").write_text("read: {raw: {types: {sex: integer}}}\nsteps: []\n")
    result = place.run()
    assert result.code == 3 and "raw.csv:2: column 'sex': 'f' is not of the type integer" in result.err


def test_missing_and_unreadable_inputs_are_exit_4(place):
    (place.root / "raw.csv").unlink()
    result = place.run()
    assert result.code == 4 and "raw.csv: No such file" in result.err
    os.mkfifo(place.root / "raw.csv")
    result = place.run()
    assert result.code == 3 and "raw.csv" in result.err
    if os.geteuid() != 0:
        (place.root / "raw.csv").unlink()
        (place.root / "raw.csv").write_text(GOOD)
        (place.root / "raw.csv").chmod(0)
        assert place.run().code == 4


def test_broken_parquet_is_exit_3(place):
    (place.root / "prepare.yaml").write_text("steps: []\n")
    succeeded(run(STEP, "--input", "raw=raw.csv", "--output", "clean=clean.parquet", "--transform", "prepare.yaml",
                  cwd=place.root))
    whole = (place.root / "clean.parquet").read_bytes()
    for broken in (b"", b"PAR1", whole[:-20], b"x" * 1000):
        (place.root / "bad.parquet").write_bytes(broken)
        result = run(STEP, "--input", "raw=bad.parquet", "--output", "clean=out/c.csv", "--transform", "prepare.yaml",
                     cwd=place.root)
        assert result.code == 3, result.err
        assert "bad.parquet: " in result.err and not (place.root / "out/c.csv").exists()


# Schemas.

SCHEMA = "columns:\n  age: {type: integer, maximum: 40}\n  sex: {type: text, allowed: [f]}\n  y: {type: real}\n"


def test_a_broken_schema_is_exit_3_with_every_violation(place):
    (place.root / "s.yaml").write_text(SCHEMA)
    result = place.cached("--schema", "raw=s.yaml")
    assert result.code == 3 and result.results["schema-verdict"] == "fail"
    assert "raw: column 'age': 1 of 3 values are above 40 (INT_TYPE_BIG_INT): row 1: 41" in result.err
    assert "raw: column 'sex': 1 of 3 values are none of f (ENUM_TYPE_UNEXPECTED_STRING_VALUES): row 2: m" in result.err
    assert not place.clean.exists() and not (place.root / "cache").exists()
    hidden = place.cached("--schema", "raw=s.yaml", "--max-violations", "0")
    assert "row 1: 41" not in hidden.err and "1 of 3 values are above 40" in hidden.err


def test_a_schema_of_an_output_is_held_before_anything_is_published(place):
    (place.root / "s.yaml").write_text("columns: {age: {type: integer, maximum: 40}, y: {type: real}}\n")
    result = place.cached("--schema", "clean=s.yaml")
    assert result.code == 3 and result.results["schema-verdict"] == "fail" and not place.clean.exists()


def test_an_inferred_schema_is_satisfied(place):
    succeeded(place.cached("--infer-schema", "raw=raw.yaml", "--infer-schema", "clean=clean.yaml"))
    result = succeeded(place.cached("--schema", "raw=raw.yaml", "--schema", "clean=clean.yaml"))
    assert result.results["schema-verdict"] == "pass"
    assert succeeded(place.cached("--schema", "raw=raw.yaml", "--schema", "clean=clean.yaml")).results == {
        **result.results, "cache-hit": "true"}


# Documents.

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


# Faults.

def flip_a_bit(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("which", ["ac", "cas"])
def test_a_corrupt_cache_entry_is_a_miss_and_is_healed(place, which):
    succeeded(place.cached())
    made = place.clean.read_bytes()
    place.clean.unlink()
    flip_a_bit(next(p for p in (place.root / "cache" / which).rglob("*") if p.is_file()))
    result = succeeded(place.cached())
    assert result.results["cache-hit"] == "false" and "dropping the entry" in result.err
    assert place.clean.read_bytes() == made
    place.clean.unlink()
    assert succeeded(place.cached()).results["cache-hit"] == "true"
    assert place.clean.read_bytes() == made


def test_killed_at_every_rename_and_run_again(place, tmp_path_factory):
    more = ["--profile-dir", "profiles", "--report", "report.html", "--data-version", "version.json"]
    succeeded(place.cached(*more))
    wanted = {name: content for name, content in place.files().items() if not name.startswith("cache/ac")}
    for n in range(1, 60):
        other = Place(tmp_path_factory.mktemp("killed"))
        killed = other.cached(*more, prefix=kill_at_rename(n))
        if killed.code == 0:
            assert n > 8, "too few publish points were met"
            return
        assert killed.code in (-signal.SIGKILL, 128 + signal.SIGKILL), killed.err
        for name, content in other.files().items():
            assert name.startswith("cache/ac") or wanted[name] == content, f"{name} is half-written after rename {n}"
        succeeded(other.cached(*more))
        files = {name: content for name, content in other.files().items() if not name.startswith("cache/ac")}
        assert files == wanted
        assert succeeded(other.cached(*more)).results["cache-hit"] == "true"
    pytest.fail("the run was killed at 60 renames and there were more")


def test_two_writers_at_once_leave_one_good_entry(place):
    script = place.root / "prep.py"
    script.write_text("import time; time.sleep(0.5)\n" + COPY)
    def start(number):
        return subprocess.Popen([executable(STEP), "--input", "raw=raw.csv", "--output", f"clean=out{number}/clean.csv",
                                 "--cache-dir", "cache", "--results-dir", f"results{number}", "--", sys.executable,
                                 "prep.py", "{input.raw}", "{output.clean}"], cwd=place.root, stderr=subprocess.PIPE)
    both = [start(1), start(2)]
    for process in both:
        _, log = process.communicate(timeout=60)
        assert process.returncode == 0, log.decode()
    assert (place.root / "out1/clean.csv").read_text() == (place.root / "out2/clean.csv").read_text() == GOOD
    assert len(list((place.root / "cache/ac").iterdir())) == 1
    again = succeeded(place.command(sys.executable, "prep.py", "{input.raw}", "{output.clean}"))
    assert again.results["cache-hit"] == "true" and place.clean.read_text() == GOOD


def test_work_that_is_not_deterministic_is_noticed(place):
    words = [sys.executable, "-c", "import sys, os; open(sys.argv[1], 'wb').write(os.urandom(8)); "
             "os.path.exists('wait') and __import__('time').sleep(2)", "{output.clean}"]
    (place.root / "wait").touch()
    slow = subprocess.Popen([executable(STEP), "--input", "raw=raw.csv", "--output", "clean=slow/clean.csv",
                             "--cache-dir", "cache", "--", *words], cwd=place.root, stderr=subprocess.PIPE,
                            stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 20
    while not list(place.root.glob("slow/.*/clean.csv")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    (place.root / "wait").unlink()
    succeeded(place.command(*words))
    _, log = slow.communicate(timeout=60)
    assert slow.returncode == 0 and b"the work is not deterministic" in log


@pytest.fixture
def tiny_disk(tmp_path):
    """A file system of 256 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk], check=True)
    yield disk
    subprocess.run(["umount", disk], check=True)


def big_csv():
    return "a,b\n" + "".join(f"{i},{hashlib.md5(str(i).encode()).hexdigest()}\n" for i in range(20000))


@pytest.mark.parametrize("mode", ["transform", "command"])
def test_a_full_disk_for_outputs_is_reported_and_leaves_nothing(place, tiny_disk, mode):
    (place.root / "raw.csv").write_text(big_csv())
    (place.root / "prepare.yaml").write_text("steps: []\n")
    work = (["--transform", "prepare.yaml"] if mode == "transform" else
            ["--", "cp", "{input.raw}", "{output.clean}"])
    result = run(STEP, "--input", "raw=raw.csv", "--output", f"clean={tiny_disk}/clean.csv", *work, cwd=place.root)
    assert result.code == (4 if mode == "transform" else 6), result.err
    assert "No space left on device" in result.err
    assert list(tiny_disk.iterdir()) == []


def test_a_full_disk_when_restoring_keeps_the_entry(place, tiny_disk):
    (place.root / "raw.csv").write_text(big_csv())
    (place.root / "prepare.yaml").write_text("steps: []\n")
    succeeded(place.cached())
    result = run(STEP, "--input", "raw=raw.csv", "--output", f"clean={tiny_disk}/clean.csv", "--transform",
                 "prepare.yaml", "--cache-dir", "cache", cwd=place.root)
    assert result.code == 4 and "No space left on device" in result.err
    assert list(tiny_disk.iterdir()) == []
    place.clean.unlink()
    assert succeeded(place.cached()).results["cache-hit"] == "true"


def test_a_full_disk_for_the_cache_costs_only_the_cache(place, tiny_disk):
    (place.root / "raw.csv").write_text(big_csv())
    (place.root / "prepare.yaml").write_text("steps: []\n")
    for _ in range(2):
        result = succeeded(place.run("--cache-dir", tiny_disk))
        assert result.results["cache-hit"] == "false"
        assert "No space left on device" in result.err and "could not be stored" in result.err
        assert place.clean.read_text() == big_csv()
    assert not [p for p in tiny_disk.rglob("*") if p.is_file()]


def test_a_results_directory_that_cannot_be_written_is_exit_4(place):
    (place.root / "file").write_text("")
    result = place.run("--results-dir", "file/results")
    assert result.code == 4 and "file/results" in result.err
    assert not place.clean.exists()


def test_an_output_directory_that_cannot_be_written_is_exit_4_before_the_work(place):
    (place.root / "file").write_text("")
    result = run(STEP, "--output", "clean=file/clean.csv", "--", "touch", "{output.clean}", "ran", cwd=place.root)
    assert result.code == 4 and not (place.root / "ran").exists()


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
