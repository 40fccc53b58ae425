"""What faults leave behind: kills, damaged caches, two writers, full disks, directories that cannot be written."""
import hashlib
import os
import signal
import subprocess
import sys
import time

import pytest

from support.mlsteps import executable, kill_at_rename, run, succeeded
from support.preprocess_place import COPY, GOOD, Place, STEP


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


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


def test_killed_in_one_container_and_run_again_in_another(place):
    """Both runs have the process number 1: what the first one left behind must not be in the way of the second."""
    container = ("unshare", "--pid", "--fork")
    killed = place.cached(prefix=(*kill_at_rename(9), *container))
    assert killed.code != 0 and list(place.root.rglob("*.tmp"))
    assert succeeded(place.cached(prefix=container)).results["cache-hit"] == "false"
    assert place.clean.exists()


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
