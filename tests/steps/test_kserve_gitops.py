"""kserve-deploy --mode gitops: commits in checkouts and remotes that others change and whose hooks refuse."""
import concurrent.futures

import pytest

from support.gitops import (  # noqa: F401, F811: fixtures
    AUTHOR, MANIFEST, PATH, V1, V2, V3, checkout, commits, deploy, deployed, fails, git, git_environment, gitops,
    hook, other, remote, trailers,
)
from support.mlsteps import succeeded


def test_a_deployment_is_one_commit_and_the_second_run_none(checkout):
    first = succeeded(deploy(V1, "--git-dir", checkout))
    assert first.results == {"storage-uri": V1, "previous-storage-uri": "", "commit": git(checkout, "rev-parse", "HEAD"),
                             "changed": "true", "rolled-back": "false"}
    assert git(checkout, "log", "-1", "--format=%an <%ae> %cn %s") == f"{AUTHOR} Deploy Bot Deploy {V1} to ml/iris"
    again = succeeded(deploy(V1, "--git-dir", checkout))
    assert again.results == {**first.results, "changed": "false"}
    assert "nothing is changed" in again.err
    assert commits(checkout) == 2 and git(checkout, "status", "--porcelain") == ""


def test_only_the_address_changes_and_nothing_else_is_committed(checkout):
    (checkout / "apps").mkdir()
    (checkout / PATH).write_bytes(MANIFEST.encode())
    (checkout / "staged").write_text("staged\n")
    (checkout / "README").write_text("edited\n")
    git(checkout, "add", PATH)
    git(checkout, "commit", "-qm", "Ours", "--", PATH)
    git(checkout, "add", "staged")
    succeeded(gitops("--model", V2, "--name", "iris", "--git-dir", checkout, "--author", AUTHOR))
    assert (checkout / PATH).read_bytes() == MANIFEST.replace(V1, V2).encode()
    assert git(checkout, "show", "--format=", "--name-only", "HEAD") == PATH
    assert git(checkout, "status", "--porcelain").splitlines() == ["M README", "A  staged"]


def test_the_first_manifest_may_be_the_users(checkout, tmp_path):
    (tmp_path / "m.yaml").write_bytes(MANIFEST.encode())
    succeeded(gitops("--model", V2, "--name", "iris", "--manifest", tmp_path / "m.yaml", "--git-dir", checkout, "--author", AUTHOR))
    assert (checkout / PATH).read_bytes() == MANIFEST.replace(V1, V2).encode()


def test_dry_run_commits_nothing(checkout):
    result = succeeded(deploy(V1, "--git-dir", checkout, "--dry-run"))
    assert f"would commit to {PATH}: storageUri {V1}" in result.err
    assert result.results["storage-uri"] == V1 and result.results["commit"] == ""
    assert commits(checkout) == 1 and not (checkout / PATH).exists()
    assert sorted(p.name for p in (checkout / ".git").iterdir() if p.name.startswith("kserve")) == []


def test_changes_of_the_user_to_the_file_are_not_touched(checkout):
    succeeded(deploy(V1, "--git-dir", checkout))
    text = (checkout / PATH).read_text() + "# mine\n"
    (checkout / PATH).write_text(text)
    fails(4, "has changes that are in no commit", deploy(V2, "--git-dir", checkout))
    assert (checkout / PATH).read_text() == text and commits(checkout) == 2


@pytest.mark.parametrize("name", ["pre-commit", "commit-msg"])
def test_a_hook_that_refuses_leaves_everything_as_it_was(checkout, name):
    hook(checkout, name, "echo policy says no >&2; exit 1\n")
    fails(4, ["policy says no", f"{PATH} is left as it was"], deploy(V1, "--git-dir", checkout))
    assert commits(checkout) == 1 and git(checkout, "status", "--porcelain") == "" and not (checkout / PATH).exists()
    (checkout / ".git/hooks" / name).unlink()
    succeeded(deploy(V1, "--git-dir", checkout))
    hook(checkout, name, "echo policy says no >&2; exit 1\n")
    fails(4, "policy says no", deploy(V2, "--git-dir", checkout))
    assert deployed(checkout) == V1 and git(checkout, "status", "--porcelain") == ""


def test_without_an_identity_the_message_says_what_to_give(checkout):
    args = ["--model", V1, "--name", "iris", "--model-format", "sklearn", "--git-dir", checkout]
    fails(4, "give --author 'Name <mail>'", gitops(*args))
    identity = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
                for what, value in (("NAME", "Env"), ("EMAIL", "env@example.com"))}
    succeeded(gitops(*args, env=identity))
    assert git(checkout, "log", "-1", "--format=%an") == "Env"


def test_wrong_branch_detached_head_and_no_repository_are_said(checkout, tmp_path):
    fails(4, "the branch main is checked out, asked for is prod", deploy(V1, "--git-dir", checkout, "--git-branch", "prod"))
    git(checkout, "checkout", "-q", "--detach")
    fails(4, "give --git-branch", deploy(V1, "--git-dir", checkout, "--push"))
    (tmp_path / "plain").mkdir()
    fails(4, "not a git repository", deploy(V1, "--git-dir", tmp_path / "plain", env={"GIT_CEILING_DIRECTORIES": tmp_path}))
    fails(4, "is not a directory", deploy(V1, "--git-dir", tmp_path / "none"))
    assert commits(checkout) == 1


def test_a_directory_of_the_checkout_works_as_the_checkout(checkout):
    (checkout / "cluster").mkdir()
    succeeded(deploy(V1, "--git-dir", checkout / "cluster"))
    assert git(checkout, "show", "--format=", "--name-only", "HEAD") == f"cluster/{PATH}"
    assert succeeded(deploy(V1, "--git-dir", checkout / "cluster")).results["changed"] == "false"


def test_two_at_once_in_one_checkout(checkout):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        results = list(pool.map(lambda _: deploy(V1, "--git-dir", checkout), range(6)))
    assert [r.code for r in results] == [0] * 6, [r.err for r in results]
    assert sorted(r.results["changed"] for r in results) == ["false"] * 5 + ["true"]
    assert len({r.results["commit"] for r in results}) == 1
    assert commits(checkout) == 2


def test_a_remote_is_cloned_changed_and_pushed(remote, checkout, git_environment):
    result = succeeded(deploy(V2, "--git-url", f"file://{remote}"))
    assert deployed(remote, "main") == V2
    assert result.results["commit"] == git(remote, "rev-parse", "main")
    again = succeeded(deploy(V2, "--git-url", f"file://{remote}"))
    assert again.results == {**result.results, "changed": "false"}
    assert commits(remote, "main") == 3
    assert [p.name for p in git_environment.iterdir()] == [".gitconfig"]


def test_a_branch_and_an_empty_repository(remote, tmp_path):
    git(remote, "branch", "prod", "main")
    succeeded(deploy(V2, "--git-url", f"file://{remote}", "--git-branch", "prod"))
    assert deployed(remote, "prod") == V2 and deployed(remote, "main") == V1
    fails(4, "nope", deploy(V2, "--git-url", f"file://{remote}", "--git-branch", "nope"))
    git(tmp_path, "init", "-q", "--bare", "empty.git")
    succeeded(deploy(V1, "--git-url", f"file://{tmp_path}/empty.git"))
    assert deployed(tmp_path / "empty.git", "main") == V1


def move_remote_before_push(where, other, script):
    """The first push from `where` finds that somebody else has pushed since the fetch."""
    done = where / "moved" if where.name == "home" else where / ".git" / "moved"
    text = f"[ -e {done} ] && exit 0\ntouch {done}\nunset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE\ncd {other} || exit 1\n" \
           f"git pull -q || exit 1\n{script}\ngit -c user.name=O -c user.email=o@e commit -qam Other && git push -q\n"
    if where.name == "home":
        hooks = where / "hooks"
        hooks.mkdir()
        (where / ".gitconfig").write_text((where / ".gitconfig").read_text() + f"[core]\n\thooksPath = {hooks}\n")
        path = hooks / "pre-push"
        path.write_text("#!/bin/sh\nexport GIT_CONFIG_GLOBAL=/dev/null\n" + text)
        path.chmod(0o755)
    else:
        hook(where, "pre-push", text)


def test_a_remote_that_moved_gets_the_commit_on_top(remote, checkout, other, git_environment):
    move_remote_before_push(git_environment, other, "echo other >> README")
    result = succeeded(deploy(V2, "--git-url", f"file://{remote}"))
    assert "moved in the meantime" in result.err
    assert git(remote, "log", "--format=%s", "-2", "main").splitlines() == [f"Deploy {V2} to ml/iris", "Other"]
    assert deployed(remote, "main") == V2 and result.results["commit"] == git(remote, "rev-parse", "main")


def test_a_checkout_whose_remote_moved_is_rebased(remote, checkout, other):
    move_remote_before_push(checkout, other, "echo other >> README")
    succeeded(deploy(V2, "--git-dir", checkout, "--push"))
    assert git(remote, "log", "--format=%s", "-2", "main").splitlines() == [f"Deploy {V2} to ml/iris", "Other"]
    assert git(checkout, "rev-parse", "HEAD") == git(remote, "rev-parse", "main")


def test_who_changed_the_same_line_first_wins(remote, checkout, other, git_environment):
    move_remote_before_push(git_environment, other, f"sed -i s#{V1}#{V3}# {PATH}")
    fails(4, ["somebody else changed", "CONFLICT"], deploy(V2, "--git-url", f"file://{remote}"))
    assert deployed(remote, "main") == V3


def test_a_lost_race_takes_the_commit_of_the_checkout_back(remote, checkout, other):
    before = git(checkout, "rev-parse", "HEAD")
    move_remote_before_push(checkout, other, f"sed -i s#{V1}#{V3}# {PATH}")
    fails(4, "the commit of this run was taken back", deploy(V2, "--git-dir", checkout, "--push"))
    assert git(checkout, "rev-parse", "HEAD") == before and git(checkout, "status", "--porcelain") == ""
    result = succeeded(deploy(V2, "--git-dir", checkout, "--push"))  # looked at, and still wanted
    assert result.results["previous-storage-uri"] == V3 and deployed(remote, "main") == V2


def test_the_same_deployment_by_somebody_else_is_no_conflict(remote, checkout, other, git_environment):
    move_remote_before_push(git_environment, other, f"sed -i s#{V1}#{V2}# {PATH}")
    succeeded(deploy(V2, "--git-url", f"file://{remote}"))
    assert deployed(remote, "main") == V2 and commits(remote, "main") == 3


def test_a_checkout_that_is_behind_is_brought_up_first(remote, checkout, other):
    succeeded(deploy(V2, "--git-url", f"file://{remote}"))
    result = succeeded(deploy(V2, "--git-dir", checkout, "--push"))
    assert result.results["changed"] == "false"
    assert git(checkout, "rev-parse", "HEAD") == git(remote, "rev-parse", "main")


def test_a_commit_that_a_killed_run_did_not_push_is_pushed(remote, checkout):
    succeeded(deploy(V2, "--git-dir", checkout))  # without --push
    assert deployed(remote, "main") == V1
    result = succeeded(deploy(V2, "--git-dir", checkout, "--push"))
    assert result.results["changed"] == "false" and deployed(remote, "main") == V2


def test_many_at_once_to_one_remote_leave_one_order(remote, tmp_path):
    models = [f"s3://models/iris/{n}" for n in range(10, 16)]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        results = list(pool.map(lambda model: deploy(model, "--git-url", f"file://{remote}"), models))
    assert {r.code for r in results} <= {0, 4}, [r.err for r in results]
    won = [m for m, r in zip(models, results) if r.code == 0]
    assert won and deployed(remote, "main") in won
    assert commits(remote, "main") == 2 + len(won)
    chain = [trailers(remote, c) for c in git(remote, "rev-list", "--reverse", "main").splitlines()[2:]]
    previous = V1
    for link in chain:
        assert link["Previous-Storage-Uri"] == previous
        previous = link["Storage-Uri"]


def test_many_at_once_with_the_same_model_are_one_commit(remote):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        results = list(pool.map(lambda _: deploy(V2, "--git-url", f"file://{remote}"), range(4)))
    assert [r.code for r in results] == [0] * 4, [r.err for r in results]
    assert commits(remote, "main") == 3 and deployed(remote, "main") == V2


def test_a_remote_that_refuses_is_not_tried_again(remote, checkout):
    hook(remote, "pre-receive", "echo protected branch >&2; exit 1\n")
    fails(4, "protected branch", deploy(V2, "--git-url", f"file://{remote}"))
    assert deployed(remote, "main") == V1


def test_a_remote_that_cannot_be_reached_is_unavailable():
    result = fails(5, "trying again", deploy(V1, "--git-url", "http://127.0.0.1:1/x.git", env={"NO_PROXY": "*", "no_proxy": "*"}))
    assert result.err.count("trying again") == 3


def test_a_remote_that_is_not_there_is_said(tmp_path):
    fails(4, "git clone: ", deploy(V1, "--git-url", f"file://{tmp_path}/none.git"))
