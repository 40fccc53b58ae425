"""What the tests of kserve-deploy share: Git repositories, a model registry, and short names for its calls.

A test file imports the fixtures that it uses; git_environment keeps the user's own Git configuration out."""
import os
import subprocess

import pytest
import yaml

from support.mlsteps import run, succeeded

STEP = "kserve-deploy"
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


# A manifest of a user: another service, CRLF, a byte order mark, quotes and comments.
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

# In a hook: kills the step that runs this Git, once. Of /proc/PID/stat, field 2 is the name, 4 the parent.
KILL_STEP = """
[ -e {done} ] && exit 0
set -- $(cat /proc/$PPID/stat)
[ "$(cat /proc/$4/comm)" = kserve-deploy ] || exit 0
touch {done}
kill -9 $4
sleep 0.2
"""
