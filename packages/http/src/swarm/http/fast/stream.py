"""The body of an answer as a file, whether it is here already or still coming."""

from collections.abc import Iterator
from typing import Self

from swarm.http.transport.decode import decoded
from swarm.http.transport.reading import BodyReader


class ResponseStream:
    """A body that is read from the front, decompressed, like a binary file.

    Args:
        body: The body as it came, or the reader that gets it.
        encoding: Its Content-Encoding.
    """

    def __init__(self, body: bytes | BodyReader, encoding: str | None) -> None:
        self._reader = None if isinstance(body, bytes) else body
        raw: Iterator[bytes] = iter((body,)) if isinstance(body, bytes) else body.pieces()
        self._pieces = iter(decoded(raw, encoding))
        self._buffer = bytearray()

    def read(self, size: int | None = None) -> bytes:
        """Return at most `size` bytes, less only at the end; all that is left if not given.

        Raises:
            TransportError: If the rest does not come or cannot be decoded.
        """
        if size is None or size < 0:
            for piece in self._pieces:
                self._buffer += piece
            size = len(self._buffer)
        while len(self._buffer) < size and self._more():
            pass
        return self._take(size)

    def readline(self, sep: bytes = b"\n") -> bytes:
        """Return the next line with its end, b"" when there is none left."""
        searched = 0
        while (at := self._buffer.find(sep, searched)) < 0:
            searched = max(0, len(self._buffer) - len(sep) + 1)
            if not self._more():
                return self._take(len(self._buffer))
        return self._take(at + len(sep))

    def pieces(self, size: int | None) -> Iterator[bytes]:
        """Yield the rest in pieces of `size` bytes, or as it comes if that is None."""
        if size is None:
            if self._buffer:
                yield self._take(len(self._buffer))
            yield from self._pieces
            return
        while piece := self.read(size):
            yield piece

    def _more(self) -> bool:
        piece = next(self._pieces, b"")
        self._buffer += piece
        return bool(piece)

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def __iter__(self) -> Iterator[bytes]:
        while line := self.readline():
            yield line

    def close(self) -> None:
        """Give up what has not been read, and the connection with it."""
        if self._reader is not None:
            self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
