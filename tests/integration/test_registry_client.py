"""build-pin-digest against real registries: open, with Basic authentication, with Bearer tokens, with TLS, and through
a proxy that fails on demand. What was pushed is read back by crane."""
import os
import re
import subprocess

import pytest

from support.faulty_proxy import AlterBody, AlterHeaders, Answer, Reset, Rule, Truncate, faulty_proxy
from support.mlsteps import CACHE, run, succeeded
from support.registries import (PASSWORD, USER, docker_config, docker_registry, htpasswd_registry, make_certificate, olareg,
                                token_registry)

CRANE = CACHE / "go" / "crane" / "crane"
SECRETS = [PASSWORD, "wrong-password"]


@pytest.fixture(scope="module")
def olareg_registry(tmp_path_factory):
    with olareg(tmp_path_factory.mktemp("olareg")) as registry:
        yield registry


@pytest.fixture(scope="module")
def open_registry(tmp_path_factory):
    with docker_registry(tmp_path_factory.mktemp("docker-registry")) as registry:
        yield registry


@pytest.fixture(scope="module")
def basic_registry(tmp_path_factory):
    with htpasswd_registry(tmp_path_factory.mktemp("htpasswd")) as registry:
        yield registry


@pytest.fixture(scope="module")
def bearer_registry(tmp_path_factory):
    with token_registry(tmp_path_factory.mktemp("tokens")) as registry:
        yield registry


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    """A layer large enough for an upload by PATCH, and a small one."""
    directory = tmp_path_factory.mktemp("content")
    (directory / "large").mkdir()
    (directory / "large" / "weights.bin").write_bytes(os.urandom(12 << 20))
    (directory / "small").mkdir()
    (directory / "small" / "readme.txt").write_text("read me\n")
    return directory


@pytest.fixture
def empty_config(tmp_path):
    """An environment without any credentials."""
    home = tmp_path / "home"
    home.mkdir()
    return {"HOME": str(home), "DOCKER_CONFIG": str(home / "docker"), "XDG_RUNTIME_DIR": "", "XDG_CONFIG_HOME": "",
            "REGISTRY_AUTH_FILE": ""}


def push(content, image, env, *options):
    layers = ["--layer", f"{content}/large:/models", "--layer", f"{content}/small:/doc"]
    result = run("build-pin-digest", "--image", image, *layers, "--compression", "gzip", *options, env=env)
    for secret in SECRETS:
        assert secret not in result.err + result.out
    return result


def resolve(image, env, *options):
    return run("build-pin-digest", "--image", image, *options, env=env)


def crane(*arguments, env=None):
    done = subprocess.run([CRANE, *map(str, arguments)], capture_output=True, text=True, env={**os.environ, **(env or {})},
                          timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def refused(result, code, *words):
    assert result.code == code, result.err
    for word in words:
        assert word in result.err, result.err


@pytest.mark.parametrize("kind", ["olareg_registry", "open_registry"])
def test_pushed_image_is_read_back_by_crane_and_not_pushed_twice(kind, request, content, empty_config):
    with faulty_proxy(request.getfixturevalue(kind)) as registry:
        image = f"{registry}/team/first:v1"
        digest = succeeded(push(content, image, empty_config)).results["IMAGE_DIGEST"]
        assert crane("digest", "--insecure", image) == digest
        crane("validate", "--insecure", "--remote", image)
        assert registry.count("PATCH", "/blobs/uploads/") == 1
        assert succeeded(resolve(image, empty_config)).results["IMAGE_DIGEST"] == digest

        uploads = registry.count("POST|PATCH|PUT", "")
        assert succeeded(push(content, image, empty_config)).results["IMAGE_DIGEST"] == digest
        assert registry.count("POST|PATCH|PUT", "") == uploads
        # Another name for it needs a manifest, no blob.
        succeeded(push(content, f"{registry}/team/first:v2", empty_config))
        assert registry.count("POST|PATCH|PUT", "") == uploads + 1
        assert crane("digest", "--insecure", f"{registry}/team/first:v2") == digest


def test_missing_image_is_a_precondition(open_registry, empty_config):
    refused(resolve(f"{open_registry}/no/such:v1", empty_config), 4, "no/such")


def test_basic_authentication(basic_registry, content, empty_config, tmp_path):
    image = f"{basic_registry}/team/app:v1"
    env = {**empty_config, **docker_config(tmp_path / "config", (f"http://{basic_registry}/v2/", USER, PASSWORD))}
    digest = succeeded(push(content, image, env)).results["IMAGE_DIGEST"]
    assert crane("digest", "--insecure", image, env=env) == digest

    anonymous = push(content, image, empty_config)
    refused(anonymous, 4, "401", f"no credentials for {basic_registry}/team/app", "DOCKER_CONFIG")

    wrong = docker_config(tmp_path / "wrong", (str(basic_registry), USER, "wrong-password"))
    refused(push(content, image, {**empty_config, **wrong}), 4, "401", str(tmp_path / "wrong" / "config.json"))


def test_the_longest_key_wins(basic_registry, content, empty_config, tmp_path):
    entries = [(str(basic_registry), USER, "wrong-password"), (f"{basic_registry}/team", USER, PASSWORD)]
    env = {**empty_config, **docker_config(tmp_path, *entries)}
    succeeded(push(content, f"{basic_registry}/team/longest:v1", env))
    refused(push(content, f"{basic_registry}/other/longest:v1", env), 4, "401")


def test_credentials_in_other_files(basic_registry, content, empty_config, tmp_path):
    docker_config(tmp_path / "podman", (str(basic_registry), USER, PASSWORD))
    file = tmp_path / "podman" / "config.json"
    succeeded(resolve_after_push(basic_registry, content, {**empty_config, "REGISTRY_AUTH_FILE": str(file)}))
    # A pull secret as Kubernetes mounts it.
    file.rename(tmp_path / "podman" / ".dockerconfigjson")
    succeeded(resolve_after_push(basic_registry, content, {**empty_config, "DOCKER_CONFIG": str(tmp_path / "podman")}))


def resolve_after_push(registry, content, env):
    succeeded(push(content, f"{registry}/team/files:v1", env))
    return resolve(f"{registry}/team/files:v1", env)


def test_malformed_credentials_are_named(basic_registry, content, empty_config, tmp_path):
    (tmp_path / "config.json").write_text('{"auths": {')
    result = push(content, f"{basic_registry}/team/app:v1", {**empty_config, "DOCKER_CONFIG": str(tmp_path)})
    refused(result, 3, str(tmp_path / "config.json"))


def test_bearer_tokens(bearer_registry, content, empty_config, tmp_path):
    image = f"{bearer_registry}/team/app:v1"
    env = {**empty_config, **docker_config(tmp_path / "config", (str(bearer_registry), USER, PASSWORD))}
    digest = succeeded(push(content, image, env)).results["IMAGE_DIGEST"]
    first = bearer_registry.tokens.requests[0]
    assert first["scope"][0] == "repository:team/app:pull,push" and first["user"] == USER
    assert len([r for r in bearer_registry.tokens.requests if r["user"] == USER]) <= 2, "a token serves many requests"
    assert crane("digest", "--insecure", image, env=env) == digest
    # Anonymous callers may read, not write.
    assert succeeded(resolve(image, empty_config)).results["IMAGE_DIGEST"] == digest
    refused(push(content, f"{bearer_registry}/team/anonymous:v1", empty_config), 4, "401", "no credentials")


def test_token_server_refuses(bearer_registry, content, empty_config, tmp_path):
    env = {**empty_config, **docker_config(tmp_path, (str(bearer_registry), USER, "wrong-password"))}
    result = push(content, f"{bearer_registry}/team/app:v9", env)
    refused(result, 4, "asking for a token with the credentials of " + str(tmp_path / "config.json"), "incorrect username")


def test_tokens_that_end_during_the_push_are_renewed(tmp_path, content, empty_config):
    with token_registry(tmp_path / "registry", lifetime=1) as registry:
        slow = Rule("POST", "/uploads/", Answer(503, {"Retry-After": "1"}), times=[1])
        with faulty_proxy(registry, slow) as proxy:
            env = {**empty_config, **docker_config(tmp_path / "config", (str(proxy), USER, PASSWORD))}
            succeeded(push(content, f"{proxy}/team/app:v1", env))
        assert len(registry.tokens.requests) >= 2


def test_a_realm_that_is_no_http_address_is_refused(open_registry, content, empty_config):
    # Realms at private addresses: in the unit tests, because a registry on the loopback may name its neighbours.
    challenge = {"WWW-Authenticate": 'Bearer realm="ftp://registry.example/token",service="s"'}
    with faulty_proxy(open_registry, Rule("HEAD|GET|POST", "/team/", Answer(401, challenge))) as proxy:
        refused(push(content, f"{proxy}/team/app:v1", empty_config), 3, "neither http nor https")


def test_tls(tmp_path, content, empty_config):
    certificate, key = make_certificate(tmp_path / "certificate")
    with olareg(tmp_path / "registry", certificate=(certificate, key)) as registry:
        image = f"{registry}/team/app:v1"
        refused(push(content, image, empty_config), 4, "certificate is not trusted", "self-signed")
        succeeded(push(content, image, empty_config, "--ca-file", certificate))
        env = {**empty_config, "SSL_CERT_FILE": str(certificate)}
        succeeded(resolve(image, env))


@pytest.mark.parametrize("method, path, action", [
    ("POST", "/blobs/uploads/", Answer(503)),
    ("POST", "/blobs/uploads/", Reset()),
    ("PATCH", "/blobs/uploads/", Answer(500)),
    ("PATCH", "/blobs/uploads/", Answer(404)),
    ("PATCH", "/blobs/uploads/", Reset(after=1 << 20)),
    ("PATCH", "/blobs/uploads/", Answer(503, read_body=False)),
    ("PUT", "/blobs/uploads/", Answer(502)),
    ("PUT", "/blobs/uploads/", Reset()),
    ("HEAD", "/blobs/", Answer(429, {"Retry-After": "1"})),
    ("PUT", "/manifests/", Answer(429, {"Retry-After": "1"})),
    ("PUT", "/manifests/", Reset()),
])
def test_one_failure_is_overcome(method, path, action, open_registry, content, empty_config, request):
    name = "faults/" + re.sub("[^a-z0-9]+", "-", request.node.name.lower()).strip("-") + ":v1"
    rule = Rule(method, path, action, times=[1])
    with faulty_proxy(open_registry, rule) as proxy:
        result = succeeded(push(content, f"{proxy}/{name}", empty_config))
    assert rule.matched >= 2
    assert crane("digest", "--insecure", f"{open_registry}/{name}") == result.results["IMAGE_DIGEST"]


def test_a_lasting_failure_is_unavailable_and_says_how_often_it_was_tried(open_registry, content, empty_config):
    with faulty_proxy(open_registry, Rule("PUT", "/manifests/", Answer(503, {"Retry-After": "0"}, b"closed"))) as proxy:
        refused(push(content, f"{proxy}/team/never:v1", empty_config), 5, "503", "tried 8 times", "closed")
        assert proxy.count("PUT", "/manifests/") == 8


@pytest.mark.parametrize("answer, code, words", [
    (Answer(401, {"WWW-Authenticate": 'Basic realm="x"'}), 4, "401"),
    (Answer(403, {}, b'{"errors":[{"code":"DENIED","message":"requested access is denied"}]}'), 4, "requested access is denied"),
])
def test_refusals(answer, code, words, open_registry, content, empty_config):
    with faulty_proxy(open_registry, Rule("POST|PUT|PATCH", "", answer)) as proxy:
        refused(push(content, f"{proxy}/team/refused:v1", empty_config), code, words, "no credentials")


def base_on(content, base, env, tmp_path):
    return run("build-pin-digest", "--base", base, "--image", f"oci:{tmp_path}/layout:v1", "--layer", f"{content}/small:/more",
               env=env)


@pytest.fixture(scope="module")
def base_image(open_registry, content, tmp_path_factory):
    env = {"DOCKER_CONFIG": str(tmp_path_factory.mktemp("nothing"))}
    succeeded(push(content, f"{open_registry}/team/base:v1", env))
    return open_registry


@pytest.mark.parametrize("action", [Truncate(after=100_000), Answer(503), Reset()])
def test_reading_overcomes_one_failure(action, base_image, content, empty_config, tmp_path):
    with faulty_proxy(base_image, Rule("GET", "/(blobs|manifests)/", action, times=[1, 3])) as proxy:
        succeeded(base_on(content, f"{proxy}/team/base:v1", empty_config, tmp_path))


@pytest.mark.parametrize("path", ["/manifests/sha256", "/blobs/"])
def test_content_that_lies_about_its_digest_is_refused(path, base_image, content, empty_config, tmp_path):
    digest = crane("digest", "--insecure", f"{base_image}/team/base:v1")
    with faulty_proxy(base_image, Rule("GET", path, AlterBody(offset=20))) as proxy:
        result = base_on(content, f"{proxy}/team/base@{digest}", empty_config, tmp_path)
        refused(result, 3, "does not have its digest")
        assert result.results["IMAGE_DIGEST"] == ""


def test_a_manifest_of_another_digest_than_asked_for(base_image, empty_config):
    digest = crane("digest", "--insecure", f"{base_image}/team/base:v1")
    other = "sha256:" + "0" * 64
    with faulty_proxy(base_image, Rule("HEAD", "/manifests/", AlterHeaders({"Docker-Content-Digest": other}))) as proxy:
        refused(resolve(f"{proxy}/team/base@{digest}", empty_config), 3, other)


def test_registry_that_names_no_digest(base_image, empty_config):
    digest = crane("digest", "--insecure", f"{base_image}/team/base:v1")
    rules = [Rule("HEAD", "/manifests/", Answer(405)), Rule("GET", "/manifests/", AlterHeaders({"Docker-Content-Digest": None}))]
    with faulty_proxy(base_image, *rules) as proxy:
        assert succeeded(resolve(f"{proxy}/team/base:v1", empty_config)).results["IMAGE_DIGEST"] == digest


def test_malformed_and_mislabelled_manifests(base_image, content, empty_config, tmp_path):
    for action, words in [
        (Answer(200, {"Content-Type": "application/vnd.oci.image.manifest.v1+json"}, b'{"schemaVersion": 2'), "manifest"),
        (Answer(200, {"Content-Type": "application/vnd.docker.distribution.manifest.v1+json"}, b"{}"), "schema 1"),
        (AlterHeaders({"Content-Type": "application/vnd.oci.image.index.v1+json"}), "delivered as"),
    ]:
        with faulty_proxy(base_image, Rule("GET", "/manifests/", action)) as proxy:
            refused(base_on(content, f"{proxy}/team/base:v1", empty_config, tmp_path), 3, words)
