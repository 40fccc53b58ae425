"""kserve-deploy: rendering, and commits in real Git repositories that others change, that refuse, and in which runs die."""
import concurrent.futures
import os
import shutil
import subprocess

import pytest
import yaml

from support.mlflow_server import mlflow_server
from support.mlsteps import ROOT, kill_at_rename, run, succeeded
from support.registries import docker_registry

STEP = "kserve-deploy"
GOLDEN = ROOT / "tests" / "golden" / "kserve-deploy"
AUTHOR = "Deploy Bot <bot@example.com>"
V1, V2, V3 = (f"s3://models/iris/{n}" for n in (1, 2, 3))
PATH = "apps/iris.yaml"


@pytest.fixture(autouse=True)
def git_environment(tmp_path, monkeypatch):
    """Nothing of the user who runs the tests, and no identity."""
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text("[init]\n\tdefaultBranch = main\n[user]\n\tuseConfigOnly = true\n")
    for name in [n for n in os.environ if n.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("TMPDIR", str(home))
    return home


def git(directory, *args, code=0, **env):
    done = subprocess.run(["git", "-C", str(directory), "-c", "user.name=Someone", "-c", "user.email=some@example.com",
                           *map(str, args)], capture_output=True, text=True, env={**os.environ, **env})
    assert done.returncode == code, done.stderr + done.stdout
    return done.stdout.strip()


def render(*args, **kwargs):
    return run(STEP, "--mode", "render", *args, **kwargs)


def gitops(*args, path=PATH, **kwargs):
    return run(STEP, "--mode", "gitops", "--path", path, *args, **kwargs)


def deploy(model, *args, **kwargs):
    return gitops("--model", model, "--name", "iris", "--namespace", "ml", "--model-format", "sklearn", "--author", AUTHOR,
                  *args, **kwargs)


def fails(code, words, result):
    assert result.code == code, f"exit {result.code}\n{result.err}"
    for word in [words] if isinstance(words, str) else words:
        assert word in result.err, result.err
    return result


def trailers(directory, commit="HEAD"):
    lines = git(directory, "log", "-1", "--format=%(trailers:only)", commit).splitlines()
    return dict(line.split(": ", 1) for line in lines if line)


def deployed(directory, revision="HEAD"):
    return yaml.safe_load(git(directory, "show", f"{revision}:{PATH}"))["spec"]["predictor"]["model"]["storageUri"]


def commits(directory, revision="HEAD"):
    return int(git(directory, "rev-list", "--count", revision))


@pytest.fixture
def checkout(tmp_path):
    directory = tmp_path / "checkout"
    directory.mkdir()
    git(directory, "init", "-q")
    (directory / "README").write_text("deployments\n")
    git(directory, "add", "README")
    git(directory, "commit", "-qm", "Begin")
    return directory


@pytest.fixture
def remote(tmp_path, checkout):
    """A bare repository; `checkout` is a clone of it with the first deployment."""
    directory = tmp_path / "remote.git"
    git(tmp_path, "clone", "-q", "--bare", checkout, directory)
    git(checkout, "remote", "add", "origin", directory)
    git(checkout, "fetch", "-q")
    git(checkout, "branch", "-q", "--set-upstream-to=origin/main")
    succeeded(deploy(V1, "--git-dir", checkout, "--push"))
    return directory


@pytest.fixture
def other(tmp_path, remote):
    """Somebody else's clone."""
    directory = tmp_path / "other"
    git(tmp_path, "clone", "-q", remote, directory)
    return directory


def hook(repository, name, script):
    hooks = repository / "hooks" if (repository / "hooks").exists() else repository / ".git" / "hooks"
    path = hooks / name
    path.write_text("#!/bin/sh\n" + script)
    path.chmod(0o755)
    return path


# --- render ---


@pytest.mark.parametrize("name, args", [
    ("least", ["--model", V1, "--name", "iris", "--model-format", "sklearn"]),
    ("all", ["--model", "pvc://models/iris", "--name", "iris", "--namespace", "ml", "--model-format", "mlflow", "--runtime",
             "kserve-mlserver", "--protocol", "v2", "--service-account", "models", "--min-replicas", "0", "--max-replicas", "3",
             "--cpu", "500m", "--memory", "2Gi", "--gpus", "1"]),
    ("image", ["--model", "oci://registry.example/iris@sha256:" + "a" * 64, "--name", "iris", "--model-format", "sklearn"]),
    ("quoting", ["--model", "https://host.example/a?b=c&d=%20#e:", "--name", "on", "--model-format", "1.0", "--service-account",
                 "no"]),
])
def test_a_rendered_manifest_is_the_golden_one(name, args):
    text = succeeded(render(*args)).out
    golden = GOLDEN / f"{name}.yaml"
    if os.environ.get("ACCEPT"):
        golden.write_text(text)
    assert text == golden.read_text()
    service = yaml.safe_load(text)
    predictor = service["spec"]["predictor"]
    given = dict(zip(args[::2], args[1::2]))
    assert service["apiVersion"] == "serving.kserve.io/v1beta1" and service["kind"] == "InferenceService"
    assert service["metadata"]["name"] == given["--name"]
    assert predictor["model"]["storageUri"] == given["--model"]
    assert predictor["model"]["modelFormat"] == {"name": given["--model-format"]}
    assert predictor.get("serviceAccountName") == given.get("--service-account")
    resources = predictor["model"].get("resources", {})
    assert resources.get("requests") == resources.get("limits")


MANIFEST = """\ufeff# ours\r
apiVersion: v1\r
kind: ConfigMap\r
---\r
apiVersion: serving.kserve.io/v1beta1\r
kind: InferenceService\r
metadata: {name: other}\r
spec: {predictor: {model: {modelFormat: {name: onnx}, storageUri: "s3://models/other/1"}}}\r
---\r
apiVersion: serving.kserve.io/v1beta1\r
kind: InferenceService\r
metadata:\r
    name: iris   # the flower\r
spec:\r
    predictor:\r
        sklearn:\r
            storageUri:   's3://models/iris/1'   # kept by the pipeline\r
\r
            resources: {limits: {cpu: "1"}}\r
"""


def test_of_the_users_manifest_only_the_address_changes(tmp_path):
    (tmp_path / "m.yaml").write_bytes(MANIFEST.encode())
    result = succeeded(render("--manifest", tmp_path / "m.yaml", "--name", "iris", "--model", V2, "--output", tmp_path / "out.yaml"))
    assert (tmp_path / "out.yaml").read_bytes() == MANIFEST.replace(V1, V2).encode()
    assert (tmp_path / "m.yaml").read_bytes() == MANIFEST.encode()
    assert result.results == {"storage-uri": V2, "previous-storage-uri": "", "commit": "", "changed": "true", "rolled-back": ""}
    again = succeeded(render("--manifest", tmp_path / "m.yaml", "--name", "iris", "--model", V2, "--output", tmp_path / "out.yaml"))
    assert again.results["changed"] == "false"


def test_dry_run_writes_no_manifest(tmp_path):
    succeeded(render("--model", V1, "--name", "iris", "--model-format", "sklearn", "--output", tmp_path / "o.yaml", "--dry-run"))
    assert not (tmp_path / "o.yaml").exists()


@pytest.mark.parametrize("text, words", [
    ("kind: [x\n", "m.yaml:2:1"),
    ("apiVersion: v1\nkind: Pod\n", "expected exactly one InferenceService; it has none"),
    ("apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nspec: {predictor: {model: {}}}\n", "no storageUri"),
    ("apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nspec: {predictor: {model: {storageUri: '{{ .x }}'}}}\n",
     "is a template"),
    ("apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nspec:\n predictor:\n  model:\n   storageUri: |\n    x\n",
     "m.yaml:6:16: storageUri is not text on one line"),
    ("\n---\n".join(["{apiVersion: serving.kserve.io/v1beta1, kind: InferenceService, metadata: {name: a}}"] * 2), "it has a, a"),
])
def test_a_manifest_that_cannot_be_edited_is_refused(tmp_path, text, words):
    (tmp_path / "m.yaml").write_text(text)
    fails(3, words, render("--manifest", tmp_path / "m.yaml", "--model", V1))


# --- which model ---


@pytest.mark.parametrize("model, words", [
    ("mlflow-artifacts:/1/abc/artifacts/model", "only MLflow can read this address"),
    ("oci://registry.example/iris:v1", "a tag can move; give the digest"),
    ("models:/iris", "expected models:/NAME/3 or models:/NAME@champion"),
    ("ftp://x/y", "KServe cannot fetch this"),
    ("/srv/model", "KServe cannot fetch this"),
    ("s3://a b", "without white space"),
    ("s3://", "expected SCHEME://PLACE"),
])
def test_what_kserve_cannot_fetch_is_refused(model, words):
    fails(2, ["option '--model': ", words], render("--model", model, "--name", "iris", "--model-format", "sklearn"))


@pytest.mark.parametrize("args, words", [
    (["--mode", "apply"], "is not one of render, gitops"),
    (["--mode", "render"], "--model is missing"),
    (["--mode", "render", "--model", V1], "--name is missing"),
    (["--mode", "render", "--model", V1, "--name", "iris"], "--model-format is missing"),
    (["--mode", "render", "--model", V1, "--name", "Iris"], "'Iris' is not a name that Kubernetes takes"),
    (["--mode", "render", "--model", V1, "--memory", "2Gb"], "'2Gb' is not a quantity"),
    (["--mode", "render", "--model", "models:/iris/1"], "needs --registry"),
    (["--mode", "render", "--model", V1, "--require-alias", "champion"], "needs a models:/ URI"),
    (["--mode", "render", "--model", V1, "--require-signature"], "needs --key"),
    (["--mode", "render", "--model", V1, "--key", "k"], "add --require-signature"),
    (["--mode", "render", "--model", V1, "--manifest", "m", "--runtime", "r"], "no place beside it"),
    (["--mode", "render", "--model", V1, "--path", "a"], "options of Git need --mode gitops"),
    (["--mode", "render", "--model", V1, "--name", "i", "--model-format", "f", "--min-replicas", "3", "--max-replicas", "2"],
     "larger than --max-replicas"),
    (["--mode", "gitops", "--model", V1, "--path", "a"], "give one of --git-dir"),
    (["--mode", "gitops", "--model", V1, "--git-dir", "d"], "--path is missing"),
    (["--mode", "gitops", "--model", V1, "--git-dir", "d", "--path", "../a"], "option '--path'"),
    (["--mode", "gitops", "--model", V1, "--git-dir", "d", "--path", ".git/config"], "option '--path'"),
    (["--mode", "gitops", "--model", V1, "--git-url", "https://me:secret1@host/x", "--path", "a"], "the address holds a password"),
    (["--mode", "gitops", "--model", V1, "--git-url", "--upload-pack=x", "--path", "a"], "option '--git-url'"),
    (["--mode", "gitops", "--model", V1, "--git-dir", "d", "--path", "a", "--author", "me"], "is not an author"),
    (["--mode", "gitops", "--rollback", "--model", V1, "--git-dir", "d", "--path", "a"], "--model has no meaning beside"),
    (["--mode", "gitops", "--rollback", "--status", "--git-dir", "d", "--path", "a"], "exclude each other"),
    (["--mode", "render", "--modell", V1], "did you mean '--model'"),
])
def test_a_command_line_that_makes_no_sense_is_refused(args, words):
    result = fails(2, words, run(STEP, *args))
    assert "secret1" not in result.err


POLICY = """schema_version: 1
aliases: [champion]
serving: champion
transitions:
  - {to: champion, from: [registered, archived], replaced: archived}
"""


class Registry:
    """A registry directory with a signed model iris."""

    def __init__(self, directory):
        self.directory = directory
        self.root = directory / "registry"
        self.env = {"COSIGN_PASSWORD": "test"}
        (directory / "policy.yaml").write_text(POLICY)
        succeeded(run("build-pin-digest", "--generate-key-pair", directory / "cosign", env=self.env))
        self.key = directory / "cosign.pub"

    def register(self, content, *args, sign=True):
        """Returns the results of register-model."""
        model = self.directory / f"model-{content}"
        model.mkdir(exist_ok=True)
        (model / "model.bin").write_text(content)
        if sign:
            bundle = self.directory / f"{content}.sig"
            succeeded(run("build-pin-digest", "--sign-model", model, "--model-bundle", bundle, "--sign-key",
                          self.directory / "cosign.key", env=self.env))
            args = [*args, "--model-signature", bundle, "--key", self.key]
        return succeeded(run("register-model", "--registry", self.root, "--name", "iris", "--model", model, *args)).results

    def promote(self, version):
        succeeded(run("promote-alias", "--registry", self.root, "--name", "iris", "--model-version", version, "--to", "champion",
                      "--policy", self.directory / "policy.yaml"))

    def options(self):
        return ["--registry", self.root]


@pytest.fixture
def registry(tmp_path):
    return Registry(tmp_path)


def test_an_alias_is_resolved_and_recorded(registry, checkout):
    registry.register("one", "--storage-uri", V1, sign=False)
    second = registry.register("two", "--storage-uri", V2, sign=False)
    registry.promote(1)
    result = succeeded(deploy("models:/iris@champion", "--git-dir", checkout, *registry.options()))
    assert result.results["storage-uri"] == V1 and deployed(checkout) == V1
    assert trailers(checkout)["Model-Uri"] == "models:/iris/1"
    assert trailers(checkout)["Model-Alias"] == "champion"
    registry.promote(2)
    result = succeeded(deploy("models:/iris@champion", "--git-dir", checkout, *registry.options()))
    assert result.results["previous-storage-uri"] == V1 and deployed(checkout) == V2
    recorded = trailers(checkout)
    assert recorded["Model-Uri"] == second["model-uri"] and recorded["Previous-Storage-Uri"] == V1
    assert recorded["Model-Digest"].startswith("sha256:") and recorded["Inference-Service"] == "ml/iris"


def test_a_version_without_the_demanded_alias_is_rejected(registry, checkout):
    registry.register("one", "--storage-uri", V1, sign=False)
    registry.register("two", "--storage-uri", V2, sign=False)
    args = ["--git-dir", checkout, *registry.options(), "--require-alias", "champion"]
    fails(10, "models:/iris/2 is not champion; no version of iris is", deploy("models:/iris/2", *args))
    registry.promote(1)
    fails(10, "models:/iris/2 is not champion; models:/iris/1 is", deploy("models:/iris/2", *args))
    assert commits(checkout) == 1
    succeeded(deploy("models:/iris/1", *args))
    reported = deploy("models:/iris/2", *args, "--on-reject", "report")
    assert reported.code == 0 and commits(checkout) == 2


@pytest.mark.parametrize("model", ["models:/iris/7", "models:/iris@challenger", "models:/none/1"])
def test_a_version_that_is_not_there_is_said(registry, checkout, model):
    registry.register("one", "--storage-uri", V1, sign=False)
    fails(4, f"has no {model}", deploy(model, "--git-dir", checkout, *registry.options()))


def test_a_version_that_only_mlflow_can_read_is_refused(checkout, tmp_path):
    model = tmp_path / "model"
    model.mkdir()
    (model / "model.bin").write_text("x")
    with mlflow_server(tmp_path / "mlflow") as server:
        succeeded(run("register-model", "--registry", server.url, "--name", "iris", "--model", model))
        result = deploy("models:/iris/1", "--git-dir", checkout, "--registry", server.url)
        fails(4, ["models:/iris/1: ", "only MLflow can read", "register the version with its storage URI"], result)
    assert commits(checkout) == 1


def test_files_in_the_registry_are_deployed_only_when_their_signature_holds(registry, checkout):
    registry.register("good")
    registry.register("unsigned", sign=False)
    args = ["--git-dir", checkout, *registry.options(), "--require-signature", "--key", registry.key]
    result = succeeded(deploy("models:/iris/1", *args))
    assert result.results["storage-uri"].startswith("file://")
    assert "only a pod that mounts this path" in result.err
    assert trailers(checkout)["Signature-Key"].startswith("sha256:")
    fails(10, "was registered without a signature", deploy("models:/iris/2", *args))
    assert commits(checkout) == 2


def test_a_signature_of_another_key_is_rejected(registry, checkout, tmp_path):
    registry.register("good")
    succeeded(run("build-pin-digest", "--generate-key-pair", tmp_path / "foreign", env=registry.env))
    fails(10, ["does not verify", "check 12"], deploy("models:/iris/1", "--git-dir", checkout, *registry.options(),
                                                      "--require-signature", "--key", tmp_path / "foreign.pub"))
    assert commits(checkout) == 1


def test_files_that_were_changed_after_signing_are_rejected(registry, checkout):
    registry.register("good")
    for path in registry.root.rglob("*"):
        if path.is_file() and path.read_bytes() == b"good":
            path.chmod(0o644)
            path.write_bytes(b"evil")
    result = deploy("models:/iris/1", "--git-dir", checkout, *registry.options(), "--require-signature", "--key", registry.key)
    assert result.code in (3, 10), result.err
    assert commits(checkout) == 1


def test_an_image_is_deployed_only_when_it_is_signed(registry, checkout, tmp_path):
    args = ["--git-dir", checkout, "--require-signature", "--key", registry.key]
    with docker_registry(tmp_path / "images") as images:
        model = tmp_path / "model"
        model.mkdir()
        (model / "model.bin").write_text("x")
        built = succeeded(run("build-pin-digest", "--image", f"{images}/ml/iris:1", "--model", model)).results
        address = "oci://" + built["IMAGE_REF"]
        fails(10, ["does not verify", "no signature was found"], deploy(address, *args))
        succeeded(run("build-pin-digest", "--image", f"{images}/ml/iris:1", "--model", model, "--sign-key",
                      tmp_path / "cosign.key", env=registry.env))
        succeeded(deploy(address, *args))
        assert deployed(checkout) == address
        assert trailers(checkout)["Model-Digest"] == built["IMAGE_DIGEST"]
    fails(2, "needs an oci:// or a models:/ URI", deploy(V1, *args))


# --- a checkout ---


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


# --- a remote ---


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


# --- status and rollback ---


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


# --- killed ---

# In a hook: kills the step that runs this Git, once. Of /proc/PID/stat, field 2 is the name, 4 the parent.
KILL_STEP = """
[ -e {done} ] && exit 0
set -- $(cat /proc/$PPID/stat)
[ "$(cat /proc/$4/comm)" = kserve-deploy ] || exit 0
touch {done}
kill -9 $4
sleep 0.2
"""


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
