"""kserve-deploy --mode gitops: status, rollback, and runs that are killed and run again."""
import shutil

import pytest

from support.gitops import (  # noqa: F401, F811: fixtures
    AUTHOR, KILL_STEP, PATH, V1, V2, V3, checkout, commits, deploy, deployed, fails, git, git_environment, gitops,
    hook, registry, remote, trailers,
)
from support.mlsteps import kill_at_rename, succeeded


def test_status_says_what_is_committed(remote, checkout):
    succeeded(deploy(V2, "--git-dir", checkout, "--push"))
    for place in (["--git-dir", checkout], ["--git-url", f"file://{remote}"]):
        result = succeeded(gitops("--status", *place))
        status = result.json
        assert (status["service"], status["storage_uri"], status["as_deployed"]) == ("ml/iris", V2, True)
        assert status["last_deployment"]["previous_storage_uri"] == V1 and status["last_deployment"]["author"] == AUTHOR
        assert result.results["commit"] == status["head"] == git(checkout, "rev-parse", "HEAD")
    fails(4, "is not in the last commit", gitops("--status", "--git-dir", checkout, path="none.yaml"))


def test_status_tells_a_change_by_hand(checkout):
    succeeded(deploy(V1, "--git-dir", checkout))
    (checkout / PATH).write_text((checkout / PATH).read_text().replace(V1, V3))
    git(checkout, "commit", "-qam", "By hand")
    result = succeeded(gitops("--status", "--git-dir", checkout))
    assert result.json["as_deployed"] is False and result.json["storage_uri"] == V3
    assert result.json["last_deployment"]["storage_uri"] == V1
    fails(4, "it was changed by hand", gitops("--rollback", "--git-dir", checkout, "--author", AUTHOR))


def test_a_rollback_is_a_commit_and_happens_once(remote, checkout):
    succeeded(deploy(V2, "--git-dir", checkout, "--push"))
    bad = git(checkout, "rev-parse", "HEAD")
    for place in (["--git-dir", checkout, "--push"], ["--git-url", f"file://{remote}"]):
        result = succeeded(gitops("--rollback", *place, "--author", AUTHOR))
        assert result.results["storage-uri"] == V1 and result.results["previous-storage-uri"] == V2
        assert result.results["rolled-back"] == "true"
        assert deployed(remote, "main") == V1 and commits(remote, "main") == 4
        assert trailers(remote, "main")["Rollback-Of"] == bad
    assert result.results["changed"] == "false"
    succeeded(deploy(V3, "--git-dir", checkout, "--push"))
    assert succeeded(gitops("--rollback", "--git-dir", checkout, "--author", AUTHOR)).results["storage-uri"] == V1


def test_a_rollback_names_the_model_that_comes_back(registry, checkout):
    registry.register("one", "--storage-uri", V1, sign=False)
    registry.register("two", "--storage-uri", V2, sign=False)
    for version in (1, 2):
        succeeded(deploy(f"models:/iris/{version}", "--git-dir", checkout, *registry.options()))
    succeeded(gitops("--rollback", "--git-dir", checkout, "--author", AUTHOR))
    assert trailers(checkout)["Model-Uri"] == "models:/iris/1"
    assert git(checkout, "log", "-1", "--format=%s") == "Roll ml/iris back to models:/iris/1"


def test_the_first_deployment_cannot_be_rolled_back(checkout):
    succeeded(deploy(V1, "--git-dir", checkout))
    fails(4, "nothing to go back to", gitops("--rollback", "--git-dir", checkout, "--author", AUTHOR))
    (checkout / "b.yaml").write_text((checkout / PATH).read_text())
    git(checkout, "add", "b.yaml")
    git(checkout, "commit", "-qm", "Ours")
    fails(4, "no deploy commit", gitops("--rollback", "--git-dir", checkout, path="b.yaml"))


def test_a_rollback_in_dry_run_commits_nothing(checkout):
    for model in (V1, V2):
        succeeded(deploy(model, "--git-dir", checkout))
    result = succeeded(gitops("--rollback", "--git-dir", checkout, "--dry-run"))
    assert f"storageUri {V1} in place of {V2}" in result.err and deployed(checkout) == V2


@pytest.mark.parametrize("name", ["pre-commit", "prepare-commit-msg", "commit-msg", "reference-transaction", "post-commit", "pre-push"])
@pytest.mark.parametrize("first", [True, False], ids=["new", "edited"])
def test_killed_inside_git_and_run_again(remote, checkout, name, first, tmp_path):
    """Git dies with the step and leaves its lock files in the user's repository."""
    path = "apps/new.yaml" if first else PATH
    done = tmp_path / "killed"
    hook(checkout, name, KILL_STEP.format(done=done))
    killed = deploy(V2, "--git-dir", checkout, "--push", path=path)
    assert done.exists(), f"the hook did not find the step: {killed}"
    assert killed.code == -9
    result = succeeded(deploy(V2, "--git-dir", checkout, "--push", path=path))
    text = git(remote, "show", f"main:{path}")
    assert V2 in text
    assert git(checkout, "status", "--porcelain") == ""
    assert git(checkout, "rev-parse", "HEAD") == git(remote, "rev-parse", "main") == result.results["commit"]
    assert commits(checkout) == 3
    assert list((checkout / ".git").rglob("*.lock")) == []
    assert not (checkout / ".git" / "kserve-deploy.unfinished").exists()


def test_killed_at_every_rename_of_its_own_and_run_again(checkout):
    succeeded(deploy(V1, "--git-dir", checkout))
    fresh = checkout.parent / "fresh"
    shutil.copytree(checkout, fresh)
    killed = 0
    for n in range(1, 40):
        shutil.rmtree(checkout)
        shutil.copytree(fresh, checkout)
        # Git's own processes are not followed: they die with the step.
        prefix = [word for word in kill_at_rename(n) if word != "-f"]
        result = deploy(V2, "--git-dir", checkout, prefix=prefix)
        if result.code == 0:
            break
        killed += 1
        assert deployed(checkout) in (V1, V2)
        succeeded(deploy(V2, "--git-dir", checkout))
        assert deployed(checkout) == V2 and commits(checkout) == 3
        assert [line for line in git(checkout, "status", "--porcelain").splitlines() if ".tmp" not in line] == []
    assert killed >= 3


def test_a_remote_deployment_killed_before_and_after_the_push(remote, git_environment, tmp_path):
    hooks = git_environment / "hooks"
    hooks.mkdir()
    (git_environment / ".gitconfig").write_text((git_environment / ".gitconfig").read_text() + f"[core]\n\thooksPath = {hooks}\n")
    for name in ("post-commit", "pre-push"):
        done = tmp_path / name
        (hooks / name).write_text("#!/bin/sh\n" + KILL_STEP.format(done=done))
        (hooks / name).chmod(0o755)
        assert deploy(V2, "--git-url", f"file://{remote}").code == -9
        assert done.exists() and deployed(remote, "main") == V1
    hook(remote, "post-receive", KILL_STEP.format(done=tmp_path / "unused") + "\n")
    succeeded(deploy(V2, "--git-url", f"file://{remote}"))
    assert succeeded(deploy(V2, "--git-url", f"file://{remote}")).results["changed"] == "false"
    assert commits(remote, "main") == 3


def test_what_a_user_wrote_after_a_kill_is_not_taken_back(checkout, tmp_path):
    succeeded(deploy(V1, "--git-dir", checkout))
    hook(checkout, "pre-commit", KILL_STEP.format(done=tmp_path / "killed"))
    assert deploy(V2, "--git-dir", checkout).code == -9
    mine = (checkout / PATH).read_text() + "# mine\n"
    (checkout / PATH).write_text(mine)
    fails(4, "has changes that are in no commit", deploy(V2, "--git-dir", checkout))
    assert (checkout / PATH).read_text() == mine


def test_a_lock_of_the_users_own_git_is_left_alone(checkout):
    succeeded(deploy(V1, "--git-dir", checkout))
    lock = checkout / ".git" / "index.lock"
    lock.write_text("")
    fails(4, "index.lock", deploy(V2, "--git-dir", checkout))
    assert lock.exists()
