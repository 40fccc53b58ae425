"""Real registries on free ports of the loopback: olareg (with the referrers API) and docker-registry (without it),
open, with Basic authentication, or with Bearer tokens from a small real token service.

    with docker_registry(tmp_path) as registry:            # a str, "127.0.0.1:PORT", with the attributes below
        run("build-pin-digest", "--image", f"{registry}/team/app:v1", ...)
"""
import base64
import contextlib
import datetime
import http.server
import json
import os
import pathlib
import secrets
import signal
import socket
import subprocess
import threading
import time
import urllib.parse
import urllib.request

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from support.mlsteps import CACHE

OLAREG = CACHE / "go" / "olareg" / "olareg"
DOCKER_REGISTRY = "/usr/bin/docker-registry"
USER = "tester"
PASSWORD = "correct-horse"
# bcrypt of PASSWORD: docker-registry reads no other kind.
HTPASSWD = USER + ":$2y$05$abcdefghijklmnopqrstuuZ0Fx87Pb/Aqb0E90lfvCwzXnaFKUHpS\n"


class Registry(str):
    """HOST:PORT of a running registry.

    directory: where it keeps its content; log: the file with its output; process; tokens: its TokenService or None."""

    directory = log = process = tokens = None


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def end(process):
    """Ends one process that was started here."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def answers(url):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(url, timeout=5).close()
        return True
    except urllib.error.HTTPError:
        return True  # 401 is an answer
    except OSError:
        return False


@contextlib.contextmanager
def running(argv, port, directory, tokens=None, scheme="http", env=None):
    log = directory / "registry.log"
    with open(log, "wb") as out:
        process = subprocess.Popen([str(word) for word in argv], stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=subprocess.STDOUT, cwd=directory, env={**os.environ, **(env or {})})
    try:
        registry = Registry(f"127.0.0.1:{port}")
        registry.directory, registry.log, registry.process, registry.tokens = directory, log, process, tokens
        deadline = time.monotonic() + 30
        while not (answers(f"http://{registry}/v2/") if scheme == "http" else port_is_open(port)):
            assert process.poll() is None, f"the registry ended at once:\n{log.read_text()}"
            assert time.monotonic() < deadline, f"no registry after 30 s:\n{log.read_text()}"
            time.sleep(0.05)
        yield registry
    finally:
        end(process)


def port_is_open(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2):
        return True
    return False


@contextlib.contextmanager
def olareg(directory, *arguments, certificate=None):
    """olareg with the referrers API. `certificate` is (CERTIFICATE, KEY) for https; `arguments` are its further options."""
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    port = free_port()
    argv = [OLAREG, "serve", "--addr", "127.0.0.1", "--port", port, "--dir", directory, "--api-delete", *arguments]
    if certificate:
        argv += ["--tls-cert", certificate[0], "--tls-key", certificate[1]]
    with running(argv, port, directory, scheme="https" if certificate else "http") as registry:
        yield registry


@contextlib.contextmanager
def docker_registry(directory, auth=None, tokens=None):
    """docker-registry with `auth` as its configuration of that name; open without one."""
    directory = pathlib.Path(directory)
    (directory / "content").mkdir(parents=True, exist_ok=True)
    port = free_port()
    settings = {
        "version": 0.1,
        "log": {"level": "warn"},
        "storage": {"filesystem": {"rootdirectory": str(directory / "content")}, "delete": {"enabled": True}},
        # Without a secret of its own, uploads would not survive the next request in some setups.
        "http": {"addr": f"127.0.0.1:{port}", "secret": secrets.token_hex(16)},
    }
    if auth:
        settings["auth"] = auth
    (directory / "config.yml").write_text(json.dumps(settings))  # JSON is YAML
    with running([DOCKER_REGISTRY, "serve", directory / "config.yml"], port, directory, tokens) as registry:
        yield registry


@contextlib.contextmanager
def htpasswd_registry(directory):
    """docker-registry that wants Basic authentication: USER and PASSWORD."""
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "htpasswd").write_text(HTPASSWD)
    with docker_registry(directory, {"htpasswd": {"realm": "test", "path": str(directory / "htpasswd")}}) as registry:
        yield registry


@contextlib.contextmanager
def token_registry(directory, **service):
    """docker-registry that wants Bearer tokens from a TokenService (its arguments are `service`), at `.tokens`."""
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    with TokenService(directory, **service) as tokens:
        auth = {"token": {"realm": tokens.realm, "service": "test-registry", "issuer": "test-issuer",
                          "rootcertbundle": str(tokens.certificate_file)}}
        with docker_registry(directory, auth, tokens) as registry:
            yield registry


def docker_config(directory, *entries):
    """Writes a Docker configuration with `entries` of (KEY, USER, PASSWORD); returns the environment that names it."""
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    auths = {key: {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()} for key, user, password in entries}
    (directory / "config.json").write_text(json.dumps({"auths": auths}))
    return {"DOCKER_CONFIG": str(directory)}


def make_certificate(directory, name="localhost"):
    """A self-signed certificate for `name` and 127.0.0.1 and its key, as files in `directory`."""
    import ipaddress

    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    names = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = self_signed(key, name, names)
    (directory / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (directory / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                                          serialization.NoEncryption()))
    return directory / "certificate.pem", directory / "key.pem"


def self_signed(key, name, names=()):
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(now + datetime.timedelta(days=1))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(list(names)), critical=False)
    return builder.sign(key, hashes.SHA256())


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class TokenService:
    """A token server of the distribution protocol: signs JWTs that docker-registry checks with `certificate_file`.

    Anonymous callers get pull; USER with PASSWORD gets all that is asked for; other credentials are refused with 401.
    `lifetime`: seconds that a token is good for. `requests`: the query of every request, with the user or None."""

    def __init__(self, directory, lifetime=300, anonymous_pull=True):
        self.lifetime, self.anonymous_pull, self.requests = lifetime, anonymous_pull, []
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.certificate = self_signed(self.key, "token service")
        self.certificate_file = pathlib.Path(directory) / "tokens.pem"
        self.certificate_file.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                service.answer(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # By name: crane and cosign refuse the address of a loopback as a realm.
        self.realm = f"http://localhost:{self.server.server_port}/token"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, handler):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(handler.path).query)
        user, password = self.credentials(handler.headers.get("Authorization"))
        self.requests.append({**query, "user": user})
        if user is not None and (user, password) != (USER, PASSWORD):
            return self.reply(handler, 401, {"details": "incorrect username or password"})
        access = [self.grant(scope, user) for scope in query.get("scope", [])]
        token = self.sign(user or "", [entry for entry in access if entry])
        return self.reply(handler, 200, {"token": token, "expires_in": self.lifetime})

    @staticmethod
    def credentials(header):
        if not header or not header.startswith("Basic "):
            return None, None
        user, _, password = base64.b64decode(header[6:]).decode().partition(":")
        return user, password

    def grant(self, scope, user):
        kind, name, actions = scope.split(":")
        allowed = actions.split(",") if user else ["pull"] if self.anonymous_pull else []
        granted = [action for action in actions.split(",") if action in allowed]
        return {"type": kind, "name": name, "actions": granted} if granted else None

    def sign(self, subject, access):
        now = int(time.time())
        der = self.certificate.public_bytes(serialization.Encoding.DER)
        header = {"typ": "JWT", "alg": "RS256", "x5c": [base64.b64encode(der).decode()]}
        claims = {"iss": "test-issuer", "sub": subject, "aud": "test-registry", "exp": now + self.lifetime,
                  "nbf": now - 10, "iat": now, "jti": secrets.token_hex(8), "access": access}
        signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        return signed + "." + base64url(self.key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))

    @staticmethod
    def reply(handler, status, document):
        body = json.dumps(document).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
