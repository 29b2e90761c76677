"""A server that has an answer to everything, for code that is shown in documentation.

Every path is answered with the same JSON object, except /missing, which is not found.
Run as a script it prints its address and serves until it is ended.
"""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402 - the patch comes first
import socket  # noqa: E402

from gevent.pywsgi import WSGIServer  # noqa: E402

ANSWER = json.dumps({"greeting": "hello", "status": "accepted", "name": "obliging"}).encode()


def answer(environ, start_response):
    """Read whatever was sent, then answer (WSGI)."""
    environ["wsgi.input"].read()
    found = environ["PATH_INFO"] != "/missing"
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(ANSWER)))]
    start_response("200 OK" if found else "404 Not Found", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [ANSWER]


if __name__ == "__main__":
    server = WSGIServer(("127.0.0.1", 0), answer, log=None, backlog=512)
    server.start()
    server.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
