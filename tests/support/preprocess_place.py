"""A place to run preprocess-runner in: an input, a transform file, and the usual options."""
import pathlib

from support.mlsteps import run

STEP = "preprocess-runner"
GOOD = "age,sex,y\n41,f,1.5\n,m,2.5\n33,f,3.5\n"
TRANSFORM = "steps:\n  - drop-nulls: [age]\n  - select: [age, y]\n"
# A command that copies its first argument to its second.
COPY = "import sys, pathlib; pathlib.Path(sys.argv[2]).write_bytes(pathlib.Path(sys.argv[1]).read_bytes())"


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
