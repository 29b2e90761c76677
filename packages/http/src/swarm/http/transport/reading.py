"""Reading an answer where it does not arrive whole in one piece."""

import io
from collections.abc import Iterator
from time import perf_counter
from typing import Self

from swarm.http.transport.connection import Connection
from swarm.http.transport.error import ConnectionLostError, NoAnswerError, ProtocolError
from swarm.http.transport.pool import OriginPool
from swarm.http.transport.response import CHUNKED, Head, Parser, feed, parse_head

MAX_HEAD = 262_144
"""Bytes of a head, after which a server is taken to be out of its mind."""
MAX_INTERIM = 100
"""Interim answers (1xx) before the final one, likewise."""

_SWITCHING = 101
_FINAL = 200
_HEAD_END = b"\r\n\r\n"


def read_head(connection: Connection, data: bytes, timeout: float | None) -> tuple[Head, bytes]:
    """Return the head of the final answer and what came after it.

    Args:
        connection: Where to read on.
        data: What was read already; b"" if the connection was found closed.
        timeout: Seconds to wait for more, each time.

    Raises:
        ConnectionLostError: If the connection ends before the head does.
        ProtocolError: If it is no HTTP, or there is no end to it.
    """
    if not data:
        raise NoAnswerError("The server closed the connection without an answer.")
    for _ in range(MAX_INTERIM):
        end = data.find(_HEAD_END)
        if end < 0:
            data = _read_on(connection, data, timeout)
            end = data.find(_HEAD_END)
        # Empty lines before a status line are tolerated, by llhttp too.
        head = parse_head(data[: end + 4].lstrip(b"\r\n") if data[:1] == b"\r" else data[: end + 4])
        data = data[end + 4 :]
        if head.status >= _FINAL or head.status == _SWITCHING:
            return head, data
    raise ProtocolError(f"The server sent more than {MAX_INTERIM} interim answers.")


def _read_on(connection: Connection, data: bytes, timeout: float | None) -> bytes:
    """Read until a head is complete; what is no HTTP is noticed as soon as it comes."""
    watchdog = Parser()
    new = data
    while True:
        feed(watchdog, new)
        if len(data) > MAX_HEAD:
            raise ProtocolError(f"The head of the answer is longer than {MAX_HEAD} bytes.")
        new = connection.receive(timeout, perf_counter())
        if not new:
            raise ConnectionLostError("The server closed the connection within the head.")
        data += new
        if _HEAD_END in data.lstrip(b"\r\n"):
            return data


class BodyReader:
    """The body of an answer, read from the connection as it is asked for.

    The connection goes back to its pool when the body has been read to its end; it is
    closed when the body is given up with `close()`, or forgotten.

    Args:
        pool: Where the connection came from.
        connection: Where to read on; nobody else may use it meanwhile.
        head: Says how the body ends.
        rest: What was read already.
        timeout: Seconds to wait for more, each time.
        reusable: Whether the connection can serve another request, as far as this one goes.
    """

    __slots__ = (
        "_connection",
        "_left",
        "_overhead",
        "_parser",
        "_pool",
        "_rest",
        "_reusable",
        "_timeout",
        "head",
    )

    def __init__(
        self,
        pool: OriginPool,
        connection: Connection,
        head: Head,
        rest: bytes,
        timeout: float | None,
        *,
        reusable: bool = True,
    ) -> None:
        self.head = head
        self._reusable = reusable and head.keep_alive
        self._pool = pool
        self._connection: Connection | None = connection
        self._timeout = timeout
        self._rest = rest
        self._left = head.length  # negative: not known
        self._overhead = 0  # bytes since the last of the body, in chunk extensions or trailers
        self._parser: Parser | None = None
        if head.length == CHUNKED:
            self._parser = Parser()
            feed(self._parser, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        elif head.length == 0:
            self._done(surplus=bool(rest))

    def next_piece(self) -> bytes:
        """Return the next bytes of the body as they come, b"" at its end.

        Raises:
            TransportError: If the rest of the body does not come.
        """
        while self._connection is not None:
            try:
                piece = self._advance(self._connection)
            except OSError as error:
                self.close()
                raise ConnectionLostError(
                    f"The connection broke within the body: {error.strerror or error}."
                ) from error
            except BaseException:
                self.close()
                raise
            if piece:
                return piece
        return b""

    def _advance(self, connection: Connection) -> bytes:
        new, self._rest = self._rest, b""
        if not new:
            new = connection.receive(self._timeout, perf_counter())
            if not new:
                return self._at_close()
        if self._parser is not None:
            return self._advance_chunked(self._parser, new)
        if self._left < 0:
            return new
        surplus = len(new) > self._left
        piece = new[: self._left]
        self._left -= len(piece)
        if not self._left:
            self._done(surplus=surplus)
        return piece

    def _advance_chunked(self, parser: Parser, new: bytes) -> bytes:
        surplus = False
        try:
            feed(parser, new)
        except ProtocolError:
            if not parser.complete:
                raise
            surplus = True
        piece = parser.take()
        if parser.complete:
            self._done(surplus=surplus)
        elif piece:
            self._overhead = 0
        else:
            self._overhead += len(new)
            if self._overhead > MAX_HEAD:
                raise ProtocolError(
                    f"The server sent more than {MAX_HEAD} bytes beside the chunks of the body."
                )
        return piece

    def _at_close(self) -> bytes:
        """Handle the end of the connection, which is the end of the body or comes before it."""
        if self.head.length >= 0:
            got = self.head.length - self._left
            raise ConnectionLostError(
                f"The server closed the connection after {got} of {self.head.length} bytes."
            )
        if self._parser is not None:
            raise ConnectionLostError("The server closed the connection within a chunked body.")
        self.close()
        return b""

    def _done(self, *, surplus: bool) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            if self._reusable and not surplus:
                self._pool.give(connection)
            else:
                self._pool.drop(connection)

    @property
    def closed(self) -> bool:
        """Whether there is nothing more to come from the connection."""
        return self._connection is None

    def close(self) -> None:
        """Give up what has not been read, and the connection with it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._pool.drop(connection)

    def pieces(self) -> Iterator[bytes]:
        """Yield the body piece by piece as it comes."""
        while piece := self.next_piece():
            yield piece

    def read_all(self) -> bytes:
        """Return all that is left of the body."""
        buffer = io.BytesIO()  # hands out what it has gathered without another copy
        while piece := self.next_piece():
            buffer.write(piece)
        return buffer.getvalue()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __del__(self) -> None:
        # The attribute is missing if the constructor raised.
        if getattr(self, "_connection", None) is not None:
            self.close()
