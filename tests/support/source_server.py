"""A server of test files, good and bad ones, that prints its address once it listens.

/basic.py is a test file; /page is a web page; /binary.py is no text; /endless.py never
ends; /drip.py comes a byte at a time; /silent.py never answers; /cut.py breaks off;
/moved.py leads to /basic.py; everything else is not found.
"""

import contextlib
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

BASIC = b"""\
from swarm.core import User, task


class Remote(User):
    @task
    def nothing(self):
        pass
"""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        name = unquote(self.path).partition("?")[0].strip("/").removesuffix(".py")
        getattr(self, f"send_{name}", self.send_missing)()

    def send_basic(self):
        self.answer(200, BASIC)

    def send_page(self):
        self.answer(200, b"\n<!DOCTYPE html><html></html>")

    def send_binary(self):
        self.answer(200, b"x = '\xff\xfe'")

    def send_moved(self):
        self.answer(302, b"", Location="/basic.py")

    def send_missing(self):
        self.answer(404, b"")

    def send_cut(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(BASIC)

    def send_endless(self):
        self.send_chunks(b"# " + b"x" * 65_000 + b"\n", 0)

    def send_drip(self):
        self.send_chunks(b"#", 0.02)

    def send_silent(self):
        time.sleep(20)

    def send_chunks(self, chunk, pause):
        self.send_response(200)
        self.end_headers()
        for _ in range(1000):
            self.wfile.write(chunk)
            self.wfile.flush()
            time.sleep(pause)

    def answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        """Be quiet."""

    def handle(self):
        # Some tests are about a client that has had enough.
        with contextlib.suppress(ConnectionError):
            super().handle()


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
