"""A real MLflow server on a free port of the loopback, with sqlite and artifacts in a directory of its own.

    with mlflow_server(tmp_path) as server:
        run("register-model", "--registry", server.url, ...)
"""
import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.request
from dataclasses import dataclass

from support.mlsteps import CACHE

PYTHON = CACHE / "python-tests" / "bin" / "python"


@dataclass
class MlflowServer:
    url: str
    directory: pathlib.Path
    log: pathlib.Path
    process: subprocess.Popen


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def server_environment(directory):
    """Ours without what would change the server: proxies, tracking addresses, telemetry."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "_MLFLOW")) and "proxy" not in k.lower()}
    return {**kept, "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "HOME": str(directory), "NO_PROXY": "*"}


def wait_until_healthy(server, seconds):
    deadline = time.monotonic() + seconds
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline:
        assert server.process.poll() is None, f"the MLflow server ended at once:\n{server.log.read_text()}"
        with contextlib.suppress(OSError):
            if opener.open(server.url + "/health", timeout=5).status == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"no MLflow server after {seconds} s:\n{server.log.read_text()}")


def end(process):
    """Ends the server and its workers: they are one process group, the server's own."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=2)
    process.wait()


@contextlib.contextmanager
def mlflow_server(directory, *arguments, port=None, workers=2, env=None, seconds=120):
    """Runs the server for the block. `arguments` are further options of `mlflow server`."""
    directory = pathlib.Path(directory)
    (directory / "artifacts").mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    argv = [str(PYTHON), "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)]
    argv += ["--backend-store-uri", f"sqlite:///{directory}/mlflow.db", "--artifacts-destination", f"file://{directory}/artifacts"]
    log = directory / "server.log"
    with open(log, "wb") as out:
        process = subprocess.Popen(
            [*argv, *arguments],
            env={**server_environment(directory), **(env or {})},
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        server = MlflowServer(f"http://127.0.0.1:{port}", directory, log, process)
        wait_until_healthy(server, seconds)
        yield server
    finally:
        end(process)
