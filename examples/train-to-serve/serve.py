"""A small model server on the loopback that speaks KServe's V1 protocol and V2, the Open Inference Protocol: enough for the
serving and latency gates to ask a live endpoint. It loads a pickle, which can run any code: only serve what was verified."""
import argparse
import http.server
import json
import os
import pathlib
import threading
import time

import joblib
import numpy


class Refused(Exception):
    pass


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # header and body are two writes; a kept connection would wait 40 ms between them
    wbufsize = -1
    model = name = columns = None

    def predict(self, rows):
        table = numpy.array(rows, dtype=float)
        if table.ndim != 2 or table.shape[1] != len(self.columns):
            raise Refused(f"expected rows of {len(self.columns)} numbers: {', '.join(self.columns)}")
        return [int(each) for each in self.model.predict(table)]

    def v1(self, request):
        return {"predictions": self.predict(request["instances"])}

    def v2(self, request):
        given = request["inputs"][0]
        answers = self.predict(numpy.reshape(numpy.array(given["data"], dtype=float), given["shape"]))
        output = {"name": "progresses", "shape": [len(answers)], "datatype": "INT64", "data": answers}
        return {"model_name": self.name, **({"id": request["id"]} if "id" in request else {}), "outputs": [output]}

    def do_GET(self):
        known = {
            f"/v1/models/{self.name}": {"name": self.name, "ready": True},
            "/v2/health/live": {"live": True},
            "/v2/health/ready": {"ready": True},
            f"/v2/models/{self.name}": {"name": self.name, "versions": [], "platform": "sklearn"},
            f"/v2/models/{self.name}/ready": {"name": self.name, "ready": True},
        }
        self.answer(200, known[self.path]) if self.path in known else self.answer(404, {"error": "no such path"})

    def do_POST(self):
        protocols = {f"/v1/models/{self.name}:predict": self.v1, f"/v2/models/{self.name}/infer": self.v2}
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path not in protocols:
            return self.answer(404, {"error": "no such path"})
        try:
            self.answer(200, protocols[self.path](json.loads(body)))
        except (Refused, KeyError, IndexError, TypeError, ValueError) as error:
            self.answer(400, {"error": str(error)})

    def answer(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def end_with_parent():
    """Nobody asks any more once the flow that started this server is gone, however it ended."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model-dir", type=pathlib.Path, required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--port-file", type=pathlib.Path, required=True, help="where the chosen port is written once it listens")
    options = parser.parse_args()
    Handler.model = joblib.load(options.model_dir / "model.joblib")
    Handler.columns = json.loads((options.model_dir / "columns.json").read_text())
    Handler.name = options.name
    threading.Thread(target=end_with_parent, daemon=True).start()
    with Server(("127.0.0.1", 0), Handler) as server:
        fresh = options.port_file.with_suffix(".new")
        fresh.write_text(str(server.server_address[1]))
        fresh.rename(options.port_file)
        server.serve_forever()


if __name__ == "__main__":
    main()
