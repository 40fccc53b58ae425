"""Reads the sources and prints the line that breaks a rule of rules.py."""
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from rules import COMMON, LONGEST_FILE, ROOT, THIRD_PARTY  # noqa: E402
from support.mlsteps import ROOT as TREE  # noqa: E402

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')


def tracked(*patterns):
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", *patterns], cwd=TREE, capture_output=True, text=True, check=True)
    return [line for line in out.stdout.splitlines() if (TREE / line).is_file()]


def includes():
    for path in tracked("common/*.hpp", "common/*.cpp", "steps/*.hpp", "steps/*.cpp"):
        for number, line in enumerate((TREE / path).read_text().splitlines(), 1):
            if match := INCLUDE.match(line):
                yield path, number, line.strip(), match.group(1), match.group(2)


def broken_arrow(path, target):
    """Why `path` may not include `target`; None if it may."""
    kind, owner = path.split("/")[:2]
    library = target.split("/")[0]
    if library in COMMON:
        if kind == "steps" or library == owner or library in COMMON[owner]:
            return None
        return f"{owner} may use only {', '.join(sorted(COMMON[owner])) or 'nothing of ours'}"
    if kind == "common":
        return f"{library} is not a library of common/"
    if (TREE / "steps" / library).is_dir() and library != owner:
        return "a step never includes another step"
    return None


def third_party_out_of_place(path, target):
    for prefix in sorted(THIRD_PARTY, key=len, reverse=True):
        if target.startswith(prefix):
            allowed = THIRD_PARTY[prefix]
            return None if any(path.startswith(place) for place in allowed) else f"only in {', '.join(allowed)}"
    return None


def test_arrows_between_libraries():
    found = [f"{path}:{number}: {line}  ({why})" for path, number, line, quote, target in includes()
             if quote == '"' and (why := broken_arrow(path, target))]
    assert not found, "\n" + "\n".join(found)


def test_third_party_headers_stand_in_their_place():
    found = [f"{path}:{number}: {line}  ({why})" for path, number, line, _, target in includes()
             if (why := third_party_out_of_place(path, target))]
    assert not found, "\n" + "\n".join(found)


def test_the_rules_can_be_broken():
    assert broken_arrow("common/base/x.hpp", "oci/reference.hpp")
    assert broken_arrow("common/model_registry/x.cpp", "crypto/hash.hpp")
    assert broken_arrow("steps/eval-gate/x.cpp", "build-pin-digest/step.hpp")
    assert third_party_out_of_place("common/oci/x.cpp", "openssl/evp.h")
    assert not broken_arrow("steps/eval-gate/x.cpp", "stats/classification.hpp")


def test_no_file_is_longer_than_can_be_read():
    sources = tracked("*.hpp", "*.cpp", "*.py", "*.sh", "*.cmake")
    found = [f"{path}: {count} lines, at most {LONGEST_FILE}: split it by meaning" for path in sources
             if (count := len((TREE / path).read_text().splitlines())) > LONGEST_FILE]
    assert not found, "\n" + "\n".join(found)


def test_the_root_holds_only_what_the_design_names():
    visible = {line.split("/")[0] for line in tracked() if not line.startswith(".")}
    assert visible <= ROOT, f"unexpected in the root: {sorted(visible - ROOT)}"


def test_every_header_opens_with_what_it_is():
    found = [path for path in tracked("common/*.hpp", "steps/*.hpp")
             if not (TREE / path).read_text().startswith("//")]
    assert not found, f"headers without an opening comment: {found}"


def test_every_file_ends_with_one_line_feed():
    found = []
    for path in tracked("*.hpp", "*.cpp", "*.py", "*.sh", "*.cmake", "*.md", "*.yaml", "CMakeLists.txt"):
        text = (TREE / path).read_bytes()
        if "/vectors/" not in path and "/golden/" not in path and text and (not text.endswith(b"\n") or text.endswith(b"\n\n")):
            found.append(path)
    assert not found, f"files that do not end with one line feed: {found}"
