"""register-model and promote-alias on a disk that is full at one point or another: exit 4, and then as if it had never been."""
import subprocess

import pytest

from support.models import tree_digest, write_gate_report, write_model
from support.mlsteps import run, succeeded
from support.promotion import Registry

PAGE = 4096


@pytest.fixture
def disk(tmp_path):
    """A disk of 64 pages."""
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={64 * PAGE}", "tmpfs", place], check=True)
    yield place
    subprocess.run(["umount", place], check=True)


def fill(disk, free_pages):
    """Leaves `free_pages` pages of the disk free."""
    filler = disk / "filler"
    with open(filler, "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * PAGE)
        except OSError:
            pass
        file.truncate(max(0, file.tell() // PAGE - free_pages) * PAGE)
    return filler


def test_registering(tmp_path, disk):
    model = write_model(tmp_path / "model")
    report = write_gate_report(tmp_path / "report.json", model)
    codes = []
    for pages in range(40):
        args = ("--registry", disk / "registry", "--name", f"model-{pages}", "--model", model, "--gate-report", report)
        subprocess.run(["rm", "-rf", disk / "registry"], check=True)
        filler = fill(disk, pages)
        full = run("register-model", *args)
        filler.unlink()
        codes.append(full.code)
        assert full.code == 0 or (full.code == 4 and "No space left" in full.err), full.err
        result = succeeded(run("register-model", *args)).results
        assert (result["model-version"], result["created"]) == ("1", "false" if full.code == 0 else "true")
        assert tree_digest(result["storage-uri"].removeprefix("file://")) == tree_digest(model)
        if full.code == 0:
            break
    assert codes.count(4) > 3 and codes[-1] == 0


def test_promoting(tmp_path, disk):
    registry = Registry(tmp_path)
    registry.root = disk / "registry"
    for number in (1, 2):
        registry.add(number)
    registry.champion(1)
    succeeded(registry.to("challenger", 2))
    codes = []
    for pages in range(20):
        moves = len(registry.records())
        filler = fill(disk, pages)
        full = registry.to("champion", 2)
        filler.unlink()
        codes.append(full.code)
        assert full.code == 0 or (full.code == 4 and "No space left" in full.err), full.err
        assert registry.aliases()["champion"] in (1, 2)
        succeeded(registry.to("champion", 2))
        assert registry.states() == {1: "archived", 2: "champion"}
        assert len(registry.records()) == moves + 1
        succeeded(registry.verify())
        if full.code == 0:
            break
        succeeded(registry.promote("--rollback"))
        succeeded(registry.to("challenger", 2))
    assert codes.count(4) > 0 and codes[-1] == 0
