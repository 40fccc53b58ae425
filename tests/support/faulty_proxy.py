"""A reverse proxy in front of a real server that fails on demand, to see what a client makes of it.

    with faulty_proxy(registry, Rule("PUT", "/manifests/", Answer(503), times=[1])) as proxy:
        run("build-pin-digest", "--image", f"{proxy}/team/app:v1", ...)
    assert proxy.count("PUT", "/manifests/") == 2

The first rule that matches method and path (a regular expression, searched) decides. `times` are the numbers of the
matches, from 1, at which it fails; None means every time. All else is passed on as it is, streamed."""
import contextlib
import http.client
import http.server
import re
import socket
import struct
import threading
from dataclasses import dataclass, field


@dataclass
class Answer:
    """Answers instead of the server, after reading the request's body, or before, as `read_body` says."""

    status: int
    headers: dict = field(default_factory=dict)
    body: bytes = b""
    read_body: bool = True


@dataclass
class Reset:
    """Resets the connection after `after` bytes of the request's body, without passing anything on."""

    after: int = 0


@dataclass
class Truncate:
    """Passes on the server's answer, but ends the connection after `after` bytes of its body."""

    after: int = 0


@dataclass
class AlterBody:
    """Passes on the server's answer with one byte of its body changed; `header` changes headers, too."""

    offset: int = 0
    headers: dict = field(default_factory=dict)


@dataclass
class AlterHeaders:
    """Passes on the server's answer with other headers (None removes one)."""

    headers: dict


@dataclass
class Stall:
    """Reads the request and says nothing until the client goes away."""


@dataclass
class Rule:
    method: str  # a regular expression, too: "GET|HEAD"
    path: str
    action: object
    times: list = None
    matched: int = 0

    def takes(self, method, path):
        if not re.fullmatch(self.method, method) or not re.search(self.path, path):
            return False
        self.matched += 1
        return self.times is None or self.matched in self.times


class Proxy(str):
    """HOST:PORT of the proxy. requests: (method, path) of all that came, in order."""

    requests = ()

    def count(self, method, path):
        return sum(1 for m, p in self.requests if re.fullmatch(method, m) and re.search(path, p))


HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "proxy-authorization"}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream = rules = requests = lock = None

    def handle_any(self):
        with self.lock:
            self.requests.append((self.command, self.path))
            rule = next((rule for rule in self.rules if rule.takes(self.command, self.path)), None)
        action = rule.action if rule else None
        if isinstance(action, Answer):
            return self.answer(action)
        if isinstance(action, Reset):
            self.rfile.read(min(action.after, self.length()))
            return self.reset()
        if isinstance(action, Stall):
            self.rfile.read(self.length())
            self.rfile.read(1)
            return self.reset()
        return self.pass_on(action)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def length(self):
        return int(self.headers.get("Content-Length") or 0)

    def answer(self, action):
        if action.read_body:
            self.rfile.read(self.length())
        self.send_response(action.status)
        for name, value in action.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(action.body)))
        if not action.read_body:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(action.body)

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def pass_on(self, action):
        host, _, port = self.upstream.partition(":")
        with contextlib.closing(http.client.HTTPConnection(host, int(port), timeout=60)) as server:
            server.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in HOP_BY_HOP:
                    server.putheader(name, value)  # Host, too: locations then lead back to the proxy
            server.endheaders()
            left = self.length()
            while left > 0:
                piece = self.rfile.read(min(left, 1 << 20))
                if not piece:
                    return self.reset()
                server.send(piece)
                left -= len(piece)
            return self.give_back(server.getresponse(), action)

    def give_back(self, response, action):
        changed = getattr(action, "headers", {})
        length = response.headers.get("Content-Length")
        self.send_response(response.status)
        for name, value in response.headers.items():
            if name.lower() not in HOP_BY_HOP and name.lower() not in {key.lower() for key in changed}:
                self.send_header(name, value)
        for name, value in changed.items():
            if value is not None:
                self.send_header(name, value)
        has_body = self.command != "HEAD" and response.status not in (204, 304)
        body = b"" if length and not isinstance(action, (Truncate, AlterBody)) else response.read() if has_body else b""
        if length is None and has_body:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if isinstance(action, Truncate):
            self.wfile.write(body[: action.after])
            self.close_connection = True
            return
        if isinstance(action, AlterBody) and len(body) > action.offset:
            body = body[: action.offset] + bytes([body[action.offset] ^ 1]) + body[action.offset + 1:]
        self.wfile.write(body)
        while has_body and (piece := response.read(1 << 20)):
            self.wfile.write(piece)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A client that goes away is what is tested here."""


@contextlib.contextmanager
def faulty_proxy(upstream, *rules):
    """The proxy in front of `upstream` (HOST:PORT) for the block."""
    requests = []
    names = {"upstream": str(upstream), "rules": rules, "requests": requests, "lock": threading.Lock()}
    server = Server(("127.0.0.1", 0), type("BoundHandler", (Handler,), names))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        proxy = Proxy(f"127.0.0.1:{server.server_port}")
        proxy.requests = requests
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
