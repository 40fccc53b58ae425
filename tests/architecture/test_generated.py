"""What is rendered from the option tables is committed; this renders again and compares. ACCEPT=1 rewrites, and then fails
on purpose: an accepting run is not a passing one."""
import os
import pathlib
import re

import pytest
from support.mlsteps import BUILD, ROOT, run, succeeded

STEPS = sorted(p.name for p in (ROOT / "steps").iterdir() if (p / "main.cpp").exists())
ACCEPT = os.environ.get("ACCEPT") == "1"

FORMS = {
    "tekton-task": "tekton/tasks/{step}/{step}.yaml",
    "tekton-stepaction": "tekton/stepactions/{step}/{step}.yaml",
    "argo": "argo/templates/{step}.yaml",
    "kfp": "examples/kfp/components/{step}.yaml",
    "man": "tests/golden/describe/{step}.1",
    "json": "tests/golden/describe/{step}.json",
    "completion": "tests/golden/describe/{step}.bash",
}


def compare(path, text):
    if path.exists() and path.read_text() == text:
        return
    if ACCEPT:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        pytest.fail(f"{path.relative_to(ROOT)} rewritten; look at the change, then run without ACCEPT")
    pytest.fail(f"{path.relative_to(ROOT)} is not what the option table renders; run with ACCEPT=1 and look at the change")


def rendered(step, *arguments):
    return succeeded(run(step, *arguments)).out


def test_all_eight_steps_are_built():
    assert len(STEPS) == 8
    assert all((BUILD / "bin" / step).exists() for step in STEPS)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("form", FORMS)
def test_committed_form(step, form):
    compare(ROOT / FORMS[form].format(step=step), rendered(step, "--describe", form))


@pytest.mark.parametrize("step", STEPS)
def test_help(step):
    text = rendered(step, "--help")
    too_wide = [line for line in text.splitlines() if len(line) > 80]
    assert not too_wide, f"{step} --help has lines over 80 columns: {too_wide}"
    compare(ROOT / f"tests/golden/help/{step}.txt", text)


@pytest.mark.parametrize("step", STEPS)
def test_readme_holds_the_option_table(step):
    path = ROOT / "steps" / step / "README.md"
    text = path.read_text()
    begin, end = "<!-- options:begin -->\n", "<!-- options:end -->"
    assert text.count(begin) == 1 and text.count(end) == 1, f"{path} needs the two markers {begin.strip()} and {end}"
    table = rendered(step, "--describe", "markdown")
    compare(path, re.sub(re.escape(begin) + ".*?" + re.escape(end), lambda _: begin + table + end, text, flags=re.S))
