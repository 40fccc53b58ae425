"""Whole processes, timed side by side: each round runs every contender once, in turn, so that a noisy machine is noisy for
all. What counts is the ratio of the medians."""
import os
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass


@dataclass
class Sample:
    seconds: float
    peak_mib: float


def once(argv, env=None, cwd=None, before=None, accept=(0,)):
    """Runs `argv` to its end: wall-clock seconds and peak resident memory of it and its children."""
    if before:
        before()
    with tempfile.NamedTemporaryFile("r") as report:
        # GNU time stands between: a process that Python starts has Python's own memory as its first peak.
        command = ["/usr/bin/time", "-q", "-o", report.name, "-f", "%M", *map(str, argv)]
        started = time.perf_counter()
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              env={**os.environ, **(env or {})}, cwd=cwd)
        seconds = time.perf_counter() - started
        peak = report.read().split()[-1]
    if done.returncode not in accept:
        raise RuntimeError(f"{argv[0]} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-2000:]}")
    return Sample(seconds, int(peak) / 1024)


@dataclass
class Row:
    what: str
    ours: Sample
    peer_name: str = ""
    peer: Sample | None = None

    def cells(self):
        ours = f"{self.ours.seconds * 1000:9.1f} ms {self.ours.peak_mib:7.1f} MiB"
        if self.peer is None:
            return [self.what, ours, "", "", ""]
        return [
            self.what, ours, f"{self.peer_name}: {self.peer.seconds * 1000:.1f} ms {self.peer.peak_mib:.1f} MiB",
            f"{self.peer.seconds / self.ours.seconds:.1f} x faster", f"{self.peer.peak_mib / self.ours.peak_mib:.1f} x smaller",
        ]


def median(samples):
    return Sample(statistics.median(s.seconds for s in samples), statistics.median(s.peak_mib for s in samples))


def side_by_side(what, ours, peer_name=None, peer=None, rounds=5):
    """`ours` and `peer` are functions that give a Sample; the first round of each warms up and is not counted."""
    mine, theirs = [], []
    for number in range(rounds + 1):
        for run, samples in ((ours, mine), (peer, theirs)):
            if run is None:
                continue
            sample = run()
            if number > 0:
                samples.append(sample)
    return Row(what, median(mine), peer_name or "", median(theirs) if peer else None)


def table(rows):
    cells = [["what", "mlsteps", "peer", "time", "peak memory"], *[row.cells() for row in rows]]
    widths = [max(len(line[column]) for line in cells) for column in range(5)]
    lines = ["  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip() for line in cells]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])
