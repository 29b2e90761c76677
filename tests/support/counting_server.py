"""A server that counts what is asked of it, so that statistics can be held against the truth."""

import contextlib
from collections import Counter
from collections.abc import Iterator

from gevent.server import StreamServer


class CountingServer:
    """Answers every line that it gets and counts the lines."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._server = StreamServer(("127.0.0.1", 0), self._serve)
        self._server.start()
        self.port = self._server.server_port

    def _serve(self, connection, _address):
        with contextlib.suppress(OSError), connection.makefile("rwb") as stream:
            for line in stream:
                self.counts[line.decode().strip()] += 1
                stream.write(b"done\n")
                stream.flush()

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def close(self) -> None:
        self._server.stop(timeout=1)


@contextlib.contextmanager
def counting() -> Iterator[CountingServer]:
    """Serve until the end of the block."""
    server = CountingServer()
    try:
        yield server
    finally:
        server.close()
