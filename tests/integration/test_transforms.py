"""preprocess-runner's transforms, profiles and digests against pandas, scikit-learn, NumPy and PyArrow."""
import hashlib
import json

import numpy
import pandas
import pyarrow.parquet
import pytest
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, OrdinalEncoder, StandardScaler

from support.mlsteps import run, succeeded

STEP = "preprocess-runner"


@pytest.fixture
def diabetes(tmp_path):
    """scikit-learn's diabetes table with a text column and some nulls, as raw.csv."""
    table = load_diabetes(as_frame=True, scaled=False).frame
    generator = numpy.random.default_rng(3)
    table["size"] = generator.choice(["S", "M", "L", "é, \"x\""], len(table))
    table.loc[generator.random(len(table)) < 0.1, "bmi"] = numpy.nan
    table.to_csv(tmp_path / "raw.csv", index=False)
    return table


def transform(place, steps, outputs, source="raw.csv"):
    (place / "prepare.yaml").write_text("steps:\n" + "".join(f"  - {step}\n" for step in steps))
    named = [word for name, path in outputs.items() for word in ("--output", f"{name}={path}")]
    return succeeded(run(STEP, "--input", f"raw={source}", *named, "--transform", "prepare.yaml", cwd=place))


def read(path):
    return pandas.read_parquet(path) if path.suffix == ".parquet" else pandas.read_csv(path)


@pytest.mark.parametrize("format", ["csv", "tsv", "parquet"])
def test_plain_operations_equal_pandas(diabetes, tmp_path, format):
    transform(tmp_path, ["drop-nulls: all", "rename: {bmi: body_mass}", "filter: age >= 30 AND sex = 1",
                         "derive: {label: target > 140, ratio: body_mass / age}", "cast: {label: integer}",
                         "select: [label, ratio, body_mass, size]"], {"clean": f"clean.{format}"})
    expected = diabetes.dropna().rename(columns={"bmi": "body_mass"})
    expected = expected[(expected.age >= 30) & (expected.sex == 1)]
    expected = expected.assign(label=(expected.target > 140).astype("int64"), ratio=expected.body_mass / expected.age)
    expected = expected[["label", "ratio", "body_mass", "size"]].reset_index(drop=True)
    path = tmp_path / f"clean.{format}"
    made = pandas.read_csv(path, sep="\t") if format == "tsv" else read(path)
    pandas.testing.assert_frame_equal(made, expected, check_dtype=False, check_exact=True)


def test_fill_equals_pandas(diabetes, tmp_path):
    transform(tmp_path, ["fill: {bmi: {with: mean}, size: {with: most-frequent}}"], {"clean": "clean.csv"})
    expected = diabetes.assign(bmi=diabetes.bmi.fillna(diabetes.bmi.mean()))
    pandas.testing.assert_frame_equal(read(tmp_path / "clean.csv"), expected, check_dtype=False, rtol=1e-12)
    transform(tmp_path, ["fill: {bmi: {with: median}}"], {"clean": "clean.csv"})
    assert read(tmp_path / "clean.csv").bmi.equals(diabetes.bmi.fillna(diabetes.bmi.median()))
    transform(tmp_path, ["fill: {bmi: -1}"], {"clean": "clean.csv"})
    assert read(tmp_path / "clean.csv").bmi.equals(diabetes.bmi.fillna(-1))


@pytest.mark.parametrize("method, peer", [("standard", StandardScaler), ("min-max", MinMaxScaler)])
def test_scaling_is_fitted_on_train_only_and_equals_scikit_learn(diabetes, tmp_path, method, peer):
    split = "split: {fractions: {train: 0.7, test: 0.3}, seed: 5}"
    columns = ["age", "bp", "s1", "target"]
    transform(tmp_path, [split], {"train": "train.csv", "test": "test.csv"})
    train, test = (read(tmp_path / f"{part}.csv") for part in ("train", "test"))
    transform(tmp_path, [split, f"scale: {{columns: [{', '.join(columns)}], method: {method}}}"],
              {"train": "train2.parquet", "test": "test2.parquet", "fitted": "fitted.json"})
    scaler = peer().fit(train[columns])
    for part, table in (("train2", train), ("test2", test)):
        made = read(tmp_path / f"{part}.parquet")
        numpy.testing.assert_allclose(made[columns], scaler.transform(table[columns]), rtol=0, atol=1e-12)
    fitted = json.loads((tmp_path / "fitted.json").read_text())
    assert fitted["fitted_on"] == "train"
    for name, shift, width in zip(columns, scaler.mean_ if method == "standard" else scaler.data_min_,
                                  scaler.scale_ if method == "standard" else scaler.data_range_):
        known = fitted["operations"][0]["columns"][name]
        numpy.testing.assert_allclose([known["shift"], known["divisor"]], [shift, width], rtol=1e-12)


def test_a_constant_column_is_shifted_only_as_scikit_learn_does(tmp_path):
    (tmp_path / "raw.csv").write_text("x\n5\n5\n5\n")
    transform(tmp_path, ["scale: [x]"], {"clean": "clean.csv"})
    assert list(read(tmp_path / "clean.csv").x) == list(StandardScaler().fit_transform([[5], [5], [5]])[:, 0])


def test_encoding_equals_scikit_learn_and_pandas(diabetes, tmp_path):
    transform(tmp_path, ["cast: {sex: integer}", "encode: {one-hot: [size, sex]}"],
              {"clean": "clean.parquet"})
    made = read(tmp_path / "clean.parquet")
    for column in ("size", "sex"):
        encoder = OneHotEncoder(sparse_output=False).fit(diabetes[[column]])
        names = [name.replace(".0", "") for name in encoder.get_feature_names_out()]
        numpy.testing.assert_array_equal(made[names], encoder.transform(diabetes[[column]]))
    dummies = pandas.get_dummies(diabetes, columns=["size"], dtype="int64")
    assert [c for c in made.columns if c.startswith("size_")] == [c for c in dummies.columns if c.startswith("size_")]
    transform(tmp_path, ["encode: {ordinal: [size]}"], {"clean": "clean.parquet"})
    expected = OrdinalEncoder().fit_transform(diabetes[["size"]])[:, 0]
    numpy.testing.assert_array_equal(read(tmp_path / "clean.parquet")["size"], expected)
    transform(tmp_path, ["encode: {ordinal: {size: [S, M, L, 'é, \"x\"']}}"], {"clean": "clean.parquet"})
    expected = OrdinalEncoder(categories=[["S", "M", "L", 'é, "x"']]).fit_transform(diabetes[["size"]])[:, 0]
    numpy.testing.assert_array_equal(read(tmp_path / "clean.parquet")["size"], expected)


def test_a_category_that_train_does_not_have_is_an_error_or_zeros(tmp_path):
    (tmp_path / "raw.csv").write_text("x\na\nb\n\n")
    (tmp_path / "prepare.yaml").write_text("steps:\n  - encode: {ordinal: {x: [a]}}\n")
    result = run(STEP, "--input", "raw=raw.csv", "--output", "clean=clean.csv", "--transform", "prepare.yaml",
                 cwd=tmp_path)
    assert result.code == 3 and "row 2: column 'x': 'b' is not among the known categories" in result.err
    transform(tmp_path, ["encode: {ordinal: {x: [a]}, unknown: ignore}"], {"clean": "clean.csv"})
    assert (tmp_path / "clean.csv").read_text() == "x\n0\n\n\n"


def rows(*paths):
    return [set(map(tuple, read(path).itertuples(index=False))) for path in paths]


@pytest.mark.parametrize("stratum", [[], ["sex"]])
def test_a_split_does_not_depend_on_the_order_of_rows_or_columns(diabetes, tmp_path, stratum):
    parts = {"train": "train.parquet", "validation": "validation.parquet", "test": "test.parquet"}
    step = ("split: {fractions: {train: 0.7, validation: 0.1, test: 0.2}, seed: 11"
            + (f", stratum: [{', '.join(stratum)}]" if stratum else "") + "}")
    columns = list(diabetes.columns)
    diabetes.fillna({"bmi": 0}).to_csv(tmp_path / "raw.csv", index=False)
    transform(tmp_path, [step], parts)
    first = rows(*(tmp_path / path for path in parts.values()))
    assert sum(map(len, first)) == len(diabetes)
    shuffled = diabetes.fillna({"bmi": 0}).sample(frac=1, random_state=1)[columns[::-1]]
    shuffled.to_csv(tmp_path / "raw.csv", index=False)
    transform(tmp_path, [f"{step}", f"select: [{', '.join(columns)}]"], parts)
    assert rows(*(tmp_path / path for path in parts.values())) == first
    transform(tmp_path, [step.replace("11", "12"), f"select: [{', '.join(columns)}]"], parts)
    assert rows(*(tmp_path / path for path in parts.values())) != first


def test_split_sizes_are_those_of_scikit_learn(diabetes, tmp_path):
    transform(tmp_path, ["split: {fractions: {train: 0.75, test: 0.25}, seed: 1, stratum: sex}"],
              {"train": "train.csv", "test": "test.csv"})
    train, test = read(tmp_path / "train.csv"), read(tmp_path / "test.csv")
    peer_train, peer_test = train_test_split(diabetes, test_size=0.25, stratify=diabetes.sex, random_state=1)
    assert abs(len(train) - len(peer_train)) <= 1 and len(train) + len(test) == len(diabetes)
    for value in (1, 2):
        assert abs((train.sex == value).sum() - (peer_train.sex == value).sum()) <= 1
    # The rows of each part stand in the order of the input.
    positions = {tuple(row): i for i, row in enumerate(diabetes.fillna(-1).itertuples(index=False))}
    order = [positions[tuple(row)] for row in train.fillna(-1).itertuples(index=False)]
    assert order == sorted(order)


def test_outputs_are_the_same_bytes_every_time(diabetes, tmp_path):
    steps = ["split: {fractions: {train: 0.8, test: 0.2}, seed: 7}", "encode: {one-hot: [size]}", "scale: [age, bmi]"]
    digests = set()
    for round in range(3):
        transform(tmp_path, steps, {"train": f"{round}.csv", "test": f"{round}.parquet", "fitted": f"{round}.json"})
        digests.add(tuple(hashlib.sha256((tmp_path / f"{round}.{kind}").read_bytes()).hexdigest()
                          for kind in ("csv", "parquet", "json")))
    assert len(digests) == 1


def test_parquet_of_pyarrow_is_read_and_ours_is_read_by_pyarrow(diabetes, tmp_path):
    table = diabetes.assign(when=pandas.Timestamp("2026-01-31 12:30:00.25"), flag=diabetes.sex == 1,
                            small=diabetes.age.astype("int8"), kind=diabetes["size"].astype("category"))
    table.to_parquet(tmp_path / "raw.parquet", index=False)
    transform(tmp_path, ["filter: true"], {"clean": "clean.parquet"}, source="raw.parquet")
    made = pyarrow.parquet.read_table(tmp_path / "clean.parquet")
    assert [str(made.schema.field(name).type) for name in ("age", "flag", "small", "kind", "when")] == [
        "double", "bool", "int64", "string", "timestamp[us]"]
    pandas.testing.assert_frame_equal(made.to_pandas(), table.assign(kind=table.kind.astype(str)), check_dtype=False)


def test_profile_numbers_equal_numpy(tmp_path):
    generator = numpy.random.default_rng(9)
    size = 5000
    table = pandas.DataFrame({
        "normal": generator.normal(1e6, 3, size), "heavy": generator.lognormal(0, 3, size),
        "tiny": generator.normal(0, 1e-9, size), "integers": generator.integers(-50, 50, size),
        "constant": numpy.full(size, 0.1), "flag": generator.random(size) < 0.3})
    table.loc[generator.random(size) < 0.05, "normal"] = numpy.nan
    table.to_csv(tmp_path / "raw.csv", index=False)
    (tmp_path / "prepare.yaml").write_text("steps: []\n")
    succeeded(run(STEP, "--input", "raw=raw.csv", "--output", "clean=clean.csv", "--transform", "prepare.yaml",
                  "--profile-dir", "profiles", cwd=tmp_path))
    profile = json.loads((tmp_path / "profiles/clean/profile.json").read_text())
    assert profile["rows"] == size
    for column in profile["columns"]:
        values = table[column["name"]].dropna().to_numpy(dtype="float64")
        numbers = column["numbers"]
        assert column["nulls"] == size - len(values) and numbers["finite"] == len(values)
        assert column["distinct"] == len(numpy.unique(values))
        for name, value in {"minimum": values.min(), "maximum": values.max(), "mean": values.mean(),
                            "standard_deviation": values.std()}.items():
            assert numbers[name] == pytest.approx(value, rel=1e-9, abs=1e-16), (column["name"], name)
        for probability, value in numbers["quantiles"].items():
            assert value == pytest.approx(numpy.quantile(values, float(probability)), rel=1e-9), column["name"]
        counts, edges = numpy.histogram(values, bins=20)
        assert numbers["histogram"]["edges"] == pytest.approx(list(edges), rel=1e-9), column["name"]
        assert numbers["histogram"]["counts"] == list(counts), column["name"]


def dvc_directory_hash(directory):
    """What DVC 3 computes, by its own steps: the MD5 of json.dumps of the sorted list."""
    entries = [{"md5": hashlib.md5(path.read_bytes()).hexdigest(), "relpath": path.relative_to(directory).as_posix()}
               for path in directory.rglob("*") if path.is_file()]
    entries.sort(key=lambda entry: entry["relpath"])
    return hashlib.md5(json.dumps(entries, sort_keys=True).encode()).hexdigest() + ".dir"


def test_data_version_has_the_md5_of_dvc(tmp_path):
    tree = tmp_path / "tree"
    for name, content in {"b/é \"q\".txt": "1", "b.txt": "2", "a\\b": "3", "☃": ""}.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(content)
    succeeded(run(STEP, "--input", "raw=tree", "--output", "copy=copy", "--data-version", "version.json", "--", "cp",
                  "-r", "{input.raw}", "{output.copy}", cwd=tmp_path))
    version = json.loads((tmp_path / "version.json").read_text())
    expected = dvc_directory_hash(tree)
    assert version["inputs"][0]["md5"] == expected == version["outputs"][0]["md5"]
    assert version["inputs"][0]["digest"] == version["outputs"][0]["digest"]
