"""What preprocess-runner says to options that make no sense, to bad input, and to data that breaks its schema."""
import os

import pytest

from support.mlsteps import run, succeeded
from support.preprocess_place import COPY, GOOD, Place, STEP


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


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
