"""Builds the ninth step of the README, word for word, in a copy of the tree, and runs it."""
import os
import re
import subprocess

from support.mlsteps import ROOT


def block(language):
    section = (ROOT / "README.md").read_text().split("## Adding a step")[1]
    return re.search(rf"```{language}\n(.*?)```", section, re.S).group(1)


def test_the_ninth_step_of_the_readme_builds_and_runs(tmp_path):
    tree = tmp_path / "tree"
    for name in ("common", "steps"):
        (tree / name).mkdir(parents=True)
        for each in (ROOT / name).iterdir():
            (tree / name / each.name).symlink_to(each)
    lines = (ROOT / "CMakeLists.txt").read_text()
    assert "hello" not in lines
    (tree / "CMakeLists.txt").write_text(lines + block("cmake"))
    (tree / "steps" / "hello").mkdir()
    (tree / "steps" / "hello" / "main.cpp").write_text(block("cpp"))

    environment = {**os.environ, "CCACHE_BASEDIR": str(tree), "CCACHE_NOHASHDIR": "1"}
    subprocess.run(["cmake", "-S", tree, "-B", tmp_path / "build", "-G", "Ninja", "-DMLSTEPS_TESTS=OFF"], check=True,
                   env=environment, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", tmp_path / "build", "--target", "hello"], check=True, env=environment)
    hello = tmp_path / "build" / "bin" / "hello"
    done = subprocess.run([hello, "--name", "world", "--times", "3"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, '{\n  "greeting": "Hello world!!!"\n}\n')
    assert subprocess.run([hello, "--nam", "world"], capture_output=True).returncode == 2
    task = subprocess.run([hello, "--describe", "tekton-task"], capture_output=True, text=True)
    assert "kind: Task" in task.stdout and "$(params.times)" in task.stdout
