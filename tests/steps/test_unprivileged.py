"""What root cannot be refused: the executables as an ordinary user, before files and directories that are not theirs."""
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest
from support.mlsteps import executable

AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []


@pytest.fixture
def place():
    """A directory that everybody may enter, with the executables in it (the build may lie where only root can go)."""
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        directory.chmod(0o755)
        (directory / "bin").mkdir()
        for step in ("train-launcher", "build-pin-digest", "register-model"):
            shutil.copy(executable(step), directory / "bin" / step)
        (directory / "open").mkdir()
        (directory / "open").chmod(0o777)
        (directory / "closed").mkdir(mode=0o555)
        (directory / "closed").chmod(0o555)
        (directory / "model").mkdir()
        (directory / "model" / "secret").write_text("x")
        (directory / "model" / "secret").chmod(0o200)
        yield directory


def run(place, step, *arguments):
    argv = [*AS_NOBODY, place / "bin" / step, *arguments]
    done = subprocess.run([str(each) for each in argv], capture_output=True, text=True, timeout=60, cwd=place,
                          env={"PATH": os.environ["PATH"], "TMPDIR": str(place / "open")})
    return done.returncode, done.stderr


def test_a_file_that_cannot_be_read(place):
    code, log = run(place, "build-pin-digest", "--image", f"oci:{place}/open/images:v1", "--model", place / "model",
                    "--results-dir", place / "open" / "results")
    assert code == 4, log
    assert f"reading {place}/model/secret: Permission denied" in log
    assert not (place / "open" / "images" / "index.json").exists()


def test_a_results_directory_that_cannot_be_written(place):
    code, log = run(place, "train-launcher", "--results-dir", place / "closed" / "results", "--", "touch", place / "open" / "ran")
    assert code == 4, log
    assert f"{place}/closed/results" in log and "Permission denied" in log
    assert not (place / "open" / "ran").exists(), "nothing is begun whose results could not be told"


def test_a_registry_that_cannot_be_written(place):
    (place / "model" / "secret").chmod(0o644)
    code, log = run(place, "register-model", "--registry", place / "closed" / "registry", "--name", "m", "--model", place / "model",
                    "--results-dir", place / "open" / "results")
    assert code == 4, log
    assert f"{place}/closed/registry" in log and "Permission denied" in log
