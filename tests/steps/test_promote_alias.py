"""promote-alias on a directory registry: by policy, with evidence, one record a move, whatever happens in between."""
import concurrent.futures
import json
import os
import shutil
import subprocess

import pytest
import yaml

from support.models import PUBLISHING, kill_at, write_gate_report, write_model
from support.mlsteps import BUILD, ROOT, run, succeeded
from support.promotion import Registry, refused


@pytest.fixture
def registry(tmp_path):
    made = Registry(tmp_path)
    made.add(1)
    made.add(2)
    return made


def test_the_life_of_two_models(registry):
    assert registry.states() == {1: "registered", 2: "registered"}
    first = registry.champion(1).results
    assert first["previous-version"] == ""
    succeeded(registry.to("challenger", 2))
    succeeded(registry.to("shadow", 2))
    assert registry.aliases() == {"champion": 1, "shadow": 2}
    moved = succeeded(registry.to("champion", 2, "--expect-version", "1", "--reason", "better", "--actor", "alice")).results
    assert moved["changed"] == "true"
    assert (moved["version"], moved["previous-version"], moved["alias"]) == ("2", "1", "champion")
    assert moved["model-uri"] == "models:/diabetes/2"
    assert registry.states() == {1: "archived", 2: "champion"}
    assert registry.aliases() == {"champion": 2}
    last = registry.records()[-1]
    assert (last["actor"], last["reason"], last["expected"], last["replaced"]) == ("alice", "better", 1, 1)
    assert last["evidence"]["gate"]["verdict"] == "pass"
    succeeded(registry.verify())


def test_a_move_that_is_repeated_changes_nothing(registry):
    first = registry.champion(1).results
    again = succeeded(registry.to("champion", 1)).results
    assert again == {**first, "changed": "false"}
    assert succeeded(registry.to("challenger", 1)).results["changed"] == "false"
    assert len(registry.records()) == 2


def test_who_may_go_where(registry):
    refused(registry.to("champion", 1), 4, "only what is challenger or shadow")
    refused(registry.to("champoin", 1), 2, "did you mean 'champion'")
    refused(registry.to("challenger", 9), 4, "no version 9")
    registry.champion(1)
    refused(registry.to("archived", 1), 4, "only what is registered or challenger or shadow")
    succeeded(registry.to("archived", 2))
    assert registry.states() == {1: "champion", 2: "archived"}
    assert registry.aliases() == {"champion": 1}


def test_an_expectation_that_does_not_hold_is_a_lost_race(registry):
    succeeded(registry.to("challenger", 1, "--expect-version", "0"))
    registry.champion(1)
    succeeded(registry.to("challenger", 2))
    refused(registry.to("champion", 2, "--expect-version", "0"), 4, "lost a race", "it is version 1")
    refused(registry.to("champion", 2, "--expect-version", "2"), 4, "lost a race")
    assert registry.aliases() == {"champion": 1, "challenger": 2}


def test_of_two_at_once_one_loses(registry):
    registry.add(3)
    registry.champion(1)
    policy = registry.path / "policy.yaml"
    policy.write_text(succeeded(run("promote-alias", "--print-policy")).out.replace("[challenger, shadow]\n    needs", "[registered]\n    needs"))
    race = [(version, "--policy", policy, "--expect-version", "1") for version in (2, 3)] * 3
    with concurrent.futures.ThreadPoolExecutor(len(race)) as pool:
        runs = list(pool.map(lambda args: registry.to("champion", *args), race))
    assert sorted({each.code for each in runs}) == [0, 4]
    changed = [each for each in runs if each.results["changed"] == "true"]
    assert len(changed) == 1
    assert registry.aliases()["champion"] == int(changed[0].results["version"])
    assert len(registry.records()) == 3
    succeeded(registry.verify())


def killed_and_repeated(registry, command, outcome):
    """Kills `command` at each of its publishing calls, runs it again and compares with the run that nobody killed."""
    clean = registry.root.with_name("clean")
    shutil.copytree(registry.root, clean)
    records = len(registry.records())
    kills = 0
    for n in range(1, 100):
        shutil.rmtree(registry.root)
        shutil.copytree(clean, registry.root)
        if registry.promote(*command, prefix=kill_at(n, *PUBLISHING)).code == 0:
            break
        kills += 1
        assert registry.aliases().get("champion"), "an instant without champion"
        repeated = succeeded(registry.promote(*command))
        assert repeated.results["version"] == outcome["version"]
        assert registry.states() == outcome["states"], n
        assert len(registry.records()) == records + 1, n
        succeeded(registry.verify())
    assert kills > 8


def test_killed_at_every_publish_point(registry):
    registry.champion(1)
    succeeded(registry.to("challenger", 2))
    killed_and_repeated(registry, ("--to", "champion", "--model-version", "2"), {"version": "2", "states": {1: "archived", 2: "champion"}})


def test_a_rollback_killed_at_every_publish_point(registry):
    registry.champion(1)
    registry.champion(2)
    killed_and_repeated(registry, ("--rollback",), {"version": "1", "states": {1: "champion", 2: "archived"}})


def test_rollback(registry):
    refused(registry.promote("--rollback"), 4, "no champion")
    registry.champion(1)
    refused(registry.promote("--rollback"), 4, "no champion before")
    registry.champion(2)
    registry.add(3)
    refused(registry.promote("--rollback", "--to-version", "3"), 4, "never champion")
    refused(registry.promote("--rollback", "--expect-version", "1"), 4, "expected was version 1")
    back = succeeded(registry.promote("--rollback", "--expect-version", "2", "--reason", "latency")).results
    assert (back["version"], back["previous-version"], back["changed"]) == ("1", "2", "true")
    assert registry.states() == {1: "champion", 2: "archived", 3: "registered"}
    # Once more is still the same rollback.
    assert succeeded(registry.promote("--rollback")).results["changed"] == "false"
    assert succeeded(registry.promote("--rollback", "--expect-version", "2")).results["changed"] == "false"
    assert succeeded(registry.promote("--rollback", "--to-version", "2")).results["version"] == "2"
    assert [each["kind"] for each in registry.records()] == ["promote"] * 4 + ["rollback"] * 2
    succeeded(registry.verify())


def test_plan_changes_nothing(registry):
    registry.champion(1)
    succeeded(registry.to("challenger", 2))
    before = registry.ledger.read_bytes()
    planned = succeeded(registry.to("champion", 2, "--plan"))
    assert "alias champion: version 1 -> version 2" in planned.out
    assert "version 1: champion -> archived" in planned.out
    assert planned.results["changed"] == "false"
    succeeded(registry.to("champion", 2, "--dry-run"))
    assert registry.ledger.read_bytes() == before
    assert registry.aliases() == {"champion": 1, "challenger": 2}
    registry.champion(2)
    assert "champion: version 2 -> version 1" in succeeded(registry.promote("--rollback", "--plan")).out


@pytest.mark.parametrize("damage, part", [
    (lambda lines: [lines[0].replace("registered", "shadow", 1), *lines[1:]], "jsonl:2: it follows"),
    (lambda lines: [lines[0].replace('"actor"', ' "actor"', 1), *lines[1:]], "jsonl:1: the line is not as it was written"),
    (lambda lines: lines[1:], "jsonl:1: it is record 2"),
    (lambda lines: [lines[0], *lines[2:]], "jsonl:2: it is record 3"),
    (lambda lines: [*lines, lines[-1]], "jsonl:5: it is record 4"),
    (lambda lines: ["nonsense", *lines[1:]], "jsonl:1"),
])
def test_a_tampered_ledger_is_found_and_nothing_is_moved_on_top(registry, damage, part):
    registry.champion(1)
    registry.champion(2)
    lines = registry.ledger.read_text().splitlines()
    registry.ledger.write_text("".join(line + "\n" for line in damage(lines)))
    refused(registry.verify(), 10, part)
    refused(registry.promote("--rollback"), 10, part, "nothing is moved")
    refused(registry.promote("--history"), 10, part)
    assert registry.aliases() == {"champion": 2}


def test_a_shortened_ledger_is_found(registry):
    registry.champion(1)
    registry.champion(2)
    lines = registry.ledger.read_text().splitlines(keepends=True)
    registry.ledger.write_text("".join(lines[:-1]))
    refused(registry.verify(), 10, "champion is version 2 in the registry and version 1 by the ledger", "the ledger does not have")


def test_an_alias_that_was_moved_past_the_ledger_is_drift(registry, tmp_path):
    registry.champion(1)
    other = tmp_path / "other-ledger"
    for state in ("challenger", "champion"):
        succeeded(registry.to(state, 2, "--ledger", other, "--expect-version", "1" if state == "champion" else "0"))
    refused(registry.verify(), 10, "champion is version 2 in the registry and version 1 by the ledger")
    registry.add(3)
    succeeded(registry.to("challenger", 3))
    refused(registry.to("champion", 3), 4, "--verify-ledger")
    succeeded(registry.to("champion", 3, "--expect-version", "2"))


def test_the_printed_policy_is_the_one_that_holds(registry):
    policy = registry.path / "policy.yaml"
    policy.write_text(succeeded(run("promote-alias", "--print-policy")).out)
    succeeded(registry.to("challenger", 1, "--policy", policy))
    succeeded(registry.to("champion", 1))
    assert len({each["policy"] for each in registry.records()}) == 1


@pytest.mark.parametrize("text, part", [
    ("schema_version: 1\naliases: [a, b", "policy.yaml:"),
    ("schema_version: 1\naliases: [champion]\nserving: champion\ntransitions:\n  - to: champoin\n    from: [registered]\n", "policy.yaml:5:"),
    ("schema_version: 1\naliases: [latest]\nserving: latest\ntransitions: []\n", "reserved"),
    ("schema_version: 1\naliases: [champion]\nserving: champion\ntransitions: []\n", "none leads to champion"),
    ("schema_version: 1\naliases: [champion]\nserving: champion\ntransitions:\n  - {to: champion, from: [registered], needs: {gate: fail}}\n", "expected pass or warn"),
    ("schema_version: 1\naliases: [champion]\nserving: champion\nserves: x\ntransitions: []\n", "policy.yaml:4:"),
    ("schema_version: 1\naliases: [archived]\nserving: archived\ntransitions: []\n", "cannot be an alias"),
])
def test_a_policy_that_makes_no_sense_is_an_input_error(registry, text, part):
    policy = registry.path / "policy.yaml"
    policy.write_text(text)
    refused(registry.to("champion", 1, "--policy", policy), 3, part)


def test_a_policy_with_names_of_its_own(registry):
    policy = registry.path / "policy.yaml"
    policy.write_text("schema_version: 1\naliases: [canary, production]\nserving: production\ntransitions:\n"
                      "  - {to: canary, from: [registered]}\n  - {to: production, from: [canary], needs: {gate: pass}, replaced: archived}\n")
    for state in ("canary", "production"):
        succeeded(registry.to(state, 1, "--policy", policy))
    assert registry.aliases() == {"production": 1}


def test_history(registry):
    registry.champion(1)
    lines = succeeded(registry.promote("--history")).out.splitlines()
    assert lines[0].split() == ["RECORD", "TIME", "ACTOR", "MOVE", "VERSION", "FROM", "TO", "REPLACED", "REASON"]
    assert len(lines) == 3
    records = json.loads(succeeded(registry.promote("--history", "--format", "json")).out)
    assert [each["to"] for each in records] == ["challenger", "champion"]
    assert records[1]["previous"] == records[0]["id"]


@pytest.mark.parametrize("args, part", [
    ((), "exactly one of"),
    (("--to", "champion", "--rollback"), "exactly one of"),
    (("--status", "--plan"), "--plan goes with"),
    (("--to", "champion"), "which version"),
    (("--to", "champion", "--to-version", "1", "--model-version", "1"), "--to-version goes with"),
    (("--rollback", "--model-version", "1"), "--to-version"),
    (("--to", "archived", "--model-version", "1", "--expect-version", "1"), "is none"),
    (("--to", "champion", "--model-uri", "models:/other/1"), "two models"),
    (("--to", "champion", "--model-uri", "models:/diabetes/1", "--model-version", "1"), "both name a version"),
    (("--to", "champion", "--model-version", "-1"), "whole number"),
])
def test_options_that_do_not_go_together(registry, args, part):
    refused(registry.promote(*args), 2, part)


def test_a_version_by_uri(registry):
    uri = ("--registry", registry.root, "--model-uri", "models:/diabetes/1")
    succeeded(run("promote-alias", *uri, "--to", "challenger"))
    succeeded(run("promote-alias", "--registry", registry.root, "--model-uri", "models:/diabetes@challenger", "--to", "champion"))
    refused(run("promote-alias", "--registry", registry.root, "--model-uri", "models:/diabetes@shadow", "--to", "champion"), 4, "has no models:/diabetes@shadow")
    assert registry.aliases() == {"champion": 1}


def test_the_commands_of_the_readme_run(tmp_path):
    registry = Registry(tmp_path)
    for number in (1, 2):
        model = write_model(tmp_path / f"model-{number}", f"weights {number}")
        report = write_gate_report(tmp_path / f"report-{number}.json", model)
        succeeded(run("register-model", "--registry", registry.root, "--name", "churn", "--model", model, "--gate-report", report))
    for state in ("challenger", "champion"):
        succeeded(run("promote-alias", "--registry", registry.root, "--name", "churn", "--model-version", "1", "--to", state))
    readme = (ROOT / "steps/promote-alias/README.md").read_text()
    script = readme.split("```sh\n")[1].split("```")[0]
    done = subprocess.run(["sh", "-eu", "-c", script], cwd=tmp_path, env={**os.environ, "PATH": f"{BUILD / 'bin'}:{os.environ['PATH']}"},
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "alias champion: version 1 -> version 2" in done.stdout
    shown, built_in = (yaml.safe_load(text) for text in (readme.split("```yaml\n")[1].split("```")[0], succeeded(run("promote-alias", "--print-policy")).out))
    assert shown == built_in
