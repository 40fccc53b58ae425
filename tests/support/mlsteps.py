"""Runs the project's executables as a pipeline would."""
import json
import os
import pathlib
import subprocess
import tempfile
from dataclasses import dataclass, field

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("MLSTEPS_BUILD", ROOT / "build"))
CACHE = pathlib.Path(
    os.environ.get("MLSTEPS_CACHE")
    or pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "mlsteps"
)


@dataclass
class Run:
    """How an executable ended: exit code, what it printed, and its results by name."""

    code: int
    out: str
    err: str
    results: dict = field(default_factory=dict)

    @property
    def json(self):
        return json.loads(self.out)


def executable(step):
    return str(BUILD / "bin" / step)


def run(step, *args, env=None, cwd=None, stdin=None, timeout=300, prefix=()):
    """Runs `step` with a results directory of its own. `prefix` stands before the command (strace, for example)."""
    with tempfile.TemporaryDirectory() as results:
        argv = [*prefix, executable(step), *map(str, args)]
        if "--results-dir" not in argv and "--help" not in argv and "--describe" not in argv:
            end = argv.index("--") if "--" in argv[len(prefix):] else len(argv)
            argv[end:end] = ["--results-dir", results]
        full = {**os.environ, **{k: str(v) for k, v in (env or {}).items()}}
        done = subprocess.run(argv, env=full, cwd=cwd, input=stdin, capture_output=True, timeout=timeout)
        values = {p.name: p.read_text() for p in pathlib.Path(results).iterdir()}
        return Run(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"), values)


def succeeded(result):
    """The run, which must have ended with 0; its log is the message otherwise."""
    assert result.code == 0, f"exit {result.code}\n{result.err}\n{result.out}"
    return result


def kill_at_rename(n):
    """A prefix for run(): the process is killed at its n-th rename, which is where every file is published."""
    calls = "rename,renameat,renameat2"
    return ("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls}", "-e", f"inject={calls}:signal=SIGKILL:when={n}")
