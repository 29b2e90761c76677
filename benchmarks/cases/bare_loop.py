"""The ceiling: gevent sockets that send a constant request and receive, nothing parsed.

python bare_loop.py PORT CONNECTIONS SECONDS prints a JSON object like that of rate.py.
"""

import json
import sys
import time

import gevent
from gevent import socket

REQUEST = b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: bare\r\n\r\n"
WARM_UP = 1.0


def work(port: int, counts: list[int]) -> None:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while True:
        connection.sendall(REQUEST)
        if not connection.recv(65536):
            raise ConnectionError("the server closed the connection")
        counts[0] += 1


def main(port: int, connections: int, seconds: float) -> None:
    counts = [0]
    greenlets = [gevent.spawn(work, port, counts) for _ in range(connections)]
    gevent.sleep(WARM_UP)
    requests, cpu, wall = counts[0], time.process_time(), time.perf_counter()
    gevent.sleep(seconds)
    result = {
        "requests": counts[0] - requests,
        "seconds": time.perf_counter() - wall,
        "cpu_seconds": time.process_time() - cpu,
        "failures": sum(not g.successful() for g in greenlets if g.ready()),
    }
    gevent.killall(greenlets)
    print(json.dumps(result))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
