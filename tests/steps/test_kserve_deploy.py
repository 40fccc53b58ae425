"""kserve-deploy: what it renders, which models it takes and refuses, and its command line."""
import os
import subprocess

import pytest
import yaml

from support.gitops import (  # noqa: F401, F811: fixtures
    MANIFEST, PATH, STEP, V1, V2, checkout, commits, deploy, deployed, fails, git, git_environment, gitops, other,
    registry, render, trailers,
)
from support.mlflow_server import mlflow_server
from support.mlsteps import BUILD, ROOT, run, succeeded
from support.registries import docker_registry, olareg

GOLDEN = ROOT / "tests" / "golden" / "kserve-deploy"


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


@pytest.mark.parametrize("images_of", [docker_registry, olareg])
def test_an_image_is_deployed_only_when_it_is_signed(registry, checkout, tmp_path, images_of):
    args = ["--git-dir", checkout, "--require-signature", "--key", registry.key]
    with images_of(tmp_path / "images") as images:
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


def test_the_example_of_the_readme_works(registry, checkout, tmp_path):
    registry.register("good")
    registry.promote(1)
    checkout.rename(tmp_path / "deployments")
    text = (ROOT / "steps" / STEP / "README.md").read_text()
    script = text.split("```sh\n")[1].split("```")[0]
    path = f"{BUILD / 'bin'}:{os.environ['PATH']}"
    done = subprocess.run(["bash", "-euc", script], cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "PATH": path})
    assert done.returncode == 0, done.stderr
    assert "Deploy models:/iris/1 to ml/iris" in done.stdout and "+      protocolVersion: v2" in done.stdout
