#!/usr/bin/env python3
"""clang-tidy over the sources of a build folder, each file once: a file whose preprocessed text, checks and tool were clean
before is not analysed again (the marks are in the user's cache folder)."""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = pathlib.Path(
    os.environ.get("MLSTEPS_CACHE")
    or pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "mlsteps"
) / "tidy"


def commands(build):
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        if ROOT in path.parents and path.relative_to(ROOT).parts[0] in ("common", "steps"):
            yield path, entry


def fingerprint(entry, tool):
    """A digest of everything that the result depends on: the text after preprocessing, the flags, checks and tool."""
    words = [word for word in shlex.split(entry["command"]) if not word.endswith("ccache")]
    output = words.index("-o")
    words[output:output + 2] = []
    words.remove("-c")
    text = subprocess.run([*words, "-E", "-P"], cwd=entry["directory"], capture_output=True, check=True).stdout
    flags = " ".join(words).replace(str(ROOT), "").replace(entry["directory"], "")
    # Comments can switch a check off, and preprocessing drops them.
    source = pathlib.Path(entry["file"]).read_bytes()
    checks = (ROOT / ".clang-tidy").read_bytes()
    return hashlib.sha256(b"\0".join([text, flags.encode(), source, checks, tool])).hexdigest()


def analyse(build, path, entry, tool):
    mark = CACHE / fingerprint(entry, tool)
    if mark.exists():
        return path, ""
    done = subprocess.run(["clang-tidy", "--quiet", "-p", str(build), str(path)], capture_output=True, text=True)
    if done.returncode == 0:
        mark.touch()
        return path, ""
    return path, done.stdout + done.stderr


def main():
    build = (ROOT / sys.argv[1]).resolve()
    CACHE.mkdir(parents=True, exist_ok=True)
    tool = subprocess.run(["clang-tidy", "--version"], capture_output=True, check=True).stdout
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(analyse, build, path, entry, tool) for path, entry in commands(build)]
        for job in concurrent.futures.as_completed(jobs):
            path, text = job.result()
            if text:
                bad += 1
                print(f"{path.relative_to(ROOT)}:\n{text}")
    print(f"clang-tidy: {len(jobs)} files, {bad} with findings")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
