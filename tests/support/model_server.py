"""A small real model server on a free port, and servers that misbehave, for the gates on a live endpoint."""
import contextlib
import http.server
import json
import math
import re
import socket
import struct
import threading
import time

WEIGHTS = [0.8, -0.5, 0.1]


def probability(row):
    return 1 / (1 + math.exp(-sum(w * x for w, x in zip(WEIGHTS, row, strict=True))))


class ModelServer(http.server.ThreadingHTTPServer):
    """A logistic model called "diabetes" behind the V1 and the V2 protocol.

    `delay` is slept before an answer, `stall(n)` before the n-th; `broken` answers that many percent with 500.
    """

    daemon_threads = True
    request_queue_size = 512

    def __init__(self, delay=0.0, ready_after=0.0, stall=None, broken=0):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.delay, self.stall, self.broken = delay, stall or (lambda n: 0), broken
        self.ready_at = time.monotonic() + ready_after
        self.count, self.lock = 0, threading.Lock()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def answer(self, status, document=None):
        body = b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        ready = time.monotonic() >= self.server.ready_at
        if self.path == "/v1/models/diabetes":
            self.answer(200, {"name": "diabetes", "ready": ready})
        elif self.path == "/v2/models/diabetes/ready":
            self.answer(200 if ready else 503)
        else:
            self.answer(404, {"error": f"no model at {self.path}"})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.count += 1
            number = self.server.count
        time.sleep(self.server.delay + self.server.stall(number))
        if number % 100 < self.server.broken:
            return self.answer(500, {"error": "broken"})
        try:
            if self.path == "/v1/models/diabetes:predict":
                self.answer(200, {"predictions": [probability(row) for row in body["instances"]]})
            elif self.path == "/v2/models/diabetes/infer":
                self.answer(200, self.infer(body))
            else:
                self.answer(404, {"error": "no such model"})
        except (KeyError, TypeError, ValueError) as error:
            self.answer(400, {"error": f"bad request: {error}"})

    @staticmethod
    def infer(body):
        tensor = body["inputs"][0]
        rows, columns = tensor["shape"]
        data = tensor["data"]
        values = [probability(data[i * columns : (i + 1) * columns]) for i in range(rows)]
        output = {"name": "probability", "datatype": "FP64", "shape": [rows], "data": values}
        answer = {"model_name": "diabetes", "outputs": [output]}
        return answer | ({"id": body["id"]} if "id" in body else {})


@contextlib.contextmanager
def model_server(**settings):
    server = ModelServer(**settings)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


READY = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{"ready": true}'


@contextlib.contextmanager
def misbehaving_server(misbehave):
    """Says that it is ready, and answers each prediction by misbehave(connection)."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    stop = threading.Event()

    def whole_request(connection):
        """With its body: bytes that are left unread would turn an orderly end into a reset."""
        data, missing = b"", 1
        while missing > 0:
            piece = connection.recv(65536)
            if not piece:
                return b""
            data += piece
            head, end, body = data.partition(b"\r\n\r\n")
            length = re.search(rb"content-length: *(\d+)", head, re.I)
            missing = (int(length[1]) if length else 0) - len(body) if end else 1
        return data

    def serve(connection):
        with connection, contextlib.suppress(OSError):
            connection.settimeout(30)
            while request := whole_request(connection):
                if request.startswith(b"GET"):
                    connection.sendall(READY)
                else:
                    return misbehave(connection)

    def accept():
        while not stop.is_set():
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        stop.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        thread.join()
        listener.close()


def hang(connection):
    with contextlib.suppress(OSError):
        while connection.recv(65536):
            pass


def drip(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        connection.sendall(b" ")
        time.sleep(0.05)


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def truncate(connection):
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"predictions": [0.')


def html(connection):
    page = b"<html><body>Welcome to nginx</body></html>"
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%b" % (len(page), page))


def garbage(connection):
    connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")


def flood(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n" + b"x" * 65536)
