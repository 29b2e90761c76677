"""The body of a request: forms, JSON, files, streams, and how each is sent."""

import io
import json as json_module
import os
from collections.abc import Callable, Iterable, Iterator
from time import perf_counter
from typing import Any, NamedTuple
from urllib.parse import urlencode

from swarm.http.transport.connection import Connection
from swarm.http.transport.error import InvalidRequestError, NoAnswerError, ReadTimeoutError
from swarm.http.transport.multipart import encode_multipart

SMALL_BODY = 65_536
"""Bytes of a body that is sent together with the head."""

CONTINUE_WITHIN = 1.0
"""Seconds to wait for "100 Continue" before the body is sent without it."""

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

_BLOCK = 65_536

_REFUSALS = frozenset((b"3", b"4", b"5"))
"""First digits of a status after which nobody wants the rest of a body."""


class Body:
    """A body that is sent after the head.

    Args:
        source: Bytes, a binary file, or an iterable of bytes or text.
        length: How many bytes it has; None if not known, so that it is sent in chunks.
    """

    __slots__ = ("_source", "_start", "expect_continue", "length")

    def __init__(self, source: Any, length: int | None) -> None:
        self._source = source
        self.length = length
        self._start = _position(source)
        self.expect_continue = False
        """Whether the server shall be asked before the body is sent."""

    @property
    def repeatable(self) -> bool:
        """Whether it can be sent another time, from its start."""
        return isinstance(self._source, bytes | list) or self._start is not None

    @property
    def whole(self) -> bytes | None:
        """All of it; None for files and streams."""
        return self._source if isinstance(self._source, bytes) else None

    def send(self, connection: Connection, timeout: float | None) -> tuple[bytes, bool]:
        """Send the body, unless the server answers before it has the whole of it.

        Returns:
            What came of the answer meanwhile, b"" as a rule; and whether the whole body
            was sent, without which the connection is of no more use.

        Raises:
            NoAnswerError: If the connection broke and there is no answer to be read.
            ReadTimeoutError: If the server took nothing for `timeout` seconds.
            OSError: If not even that can be told.
        """
        answer = b""
        if self.expect_continue:
            answer, wanted = _ask(connection, timeout)
            if not wanted:
                return answer, False
        try:
            for block in self._blocks():
                sent = connection.send(block, timeout, until_answer=not answer)
                if sent < len(block):
                    answer = connection.receive(timeout, perf_counter())
                    if answer[9:10] in _REFUSALS:
                        return answer, False
                    connection.send(memoryview(block)[sent:], timeout)
        except (OSError, NoAnswerError) as error:
            # A server may refuse a body, answer, and close before it has read it all.
            answer = answer or connection.receive(timeout, perf_counter())
            if not answer:
                raise NoAnswerError("The connection broke within the request.") from error
            return answer, False
        return answer, True

    def _blocks(self) -> Iterator[bytes | memoryview]:
        if isinstance(self._source, bytes):
            yield memoryview(self._source)
            return
        if self._start is not None:
            self._source.seek(self._start)
        pieces = _pieces(self._source)
        if self.length is None:
            for piece in pieces:
                yield b"%x\r\n%b\r\n" % (len(piece), piece)
            yield b"0\r\n\r\n"
            return
        left = self.length
        for piece in pieces:
            if len(piece) > left:
                piece = piece[:left]  # noqa: PLW2901 - a file that has grown meanwhile
            left -= len(piece)
            yield piece
        if left:
            raise InvalidRequestError(f"The body ended {left} bytes before its announced length.")


def _ask(connection: Connection, timeout: float | None) -> tuple[bytes, bool]:
    """Wait for what the server says to `Expect: 100-continue`.

    Returns:
        What was read of the answer to come, and whether the server wants the body. A
        server that says nothing may never have heard of the question: it gets the body.
    """
    data = b""
    patience = CONTINUE_WITHIN if timeout is None else min(timeout, CONTINUE_WITHIN)
    while True:
        head, end, rest = data.partition(b"\r\n\r\n")
        if end and head[9:12] == b"100":
            return rest, True
        if end and head[9:10] == b"1":  # another interim answer
            data = rest
            continue
        if end or len(data) > _BLOCK:
            return data, False
        try:
            new = connection.receive(timeout if data else patience, perf_counter())
        except ReadTimeoutError:
            if data:
                raise
            return b"", True
        if not new:
            return data, False
        data += new


def _position(source: Any) -> int | None:
    try:
        position: int = source.tell()
        source.seek(position)
    except (AttributeError, OSError):
        return None
    return position


def _pieces(source: Any) -> Iterator[bytes]:
    """Yield what a file or an iterable gives, without empty pieces: they would end chunks."""
    pieces = iter(lambda: source.read(_BLOCK), None) if hasattr(source, "read") else source
    for piece in pieces:
        if hasattr(source, "read") and not piece:
            return
        data = piece.encode() if isinstance(piece, str) else piece
        if not isinstance(data, bytes | bytearray | memoryview):
            raise InvalidRequestError(
                f"The body gave {type(piece).__name__} where bytes or text are needed."
            )
        if data:
            yield bytes(data)


class Encoded(NamedTuple):
    """A body, ready to be sent."""

    content: bytes | Body | None
    content_type: str | None


NOTHING = Encoded(None, None)


def encode_body(data: Any = None, json: Any = None, files: Any = None) -> Encoded:
    """Return the body that the arguments of a request stand for.

    Args:
        data: Bytes, text, a mapping or pairs (sent as a form), a binary file, or an
            iterable of bytes.
        json: Anything that can be written as JSON; used if `data` is not given.
        files: Files of a multipart form, whose other fields `data` gives. See
            `encode_multipart`.

    Raises:
        InvalidRequestError: If they do not make a body.
    """
    if files:
        content, content_type = encode_multipart(data, files)
        return Encoded(_sized(content), content_type)
    if data is None or (json is not None and not data):
        return NOTHING if json is None else Encoded(_sized(_as_json(json)), JSON)
    if isinstance(data, bytes | bytearray | memoryview):
        return Encoded(_sized(bytes(data)), None)
    if isinstance(data, str):
        return Encoded(_sized(_as_utf8(data)), None)
    if hasattr(data, "read"):
        if getattr(data, "closed", False):
            raise InvalidRequestError("The file that is to be the body is closed.")
        return Encoded(Body(data, _file_length(data)), None)
    return _form_or_stream(data)


def _as_utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise InvalidRequestError(f"The body cannot be encoded: {error}.") from error


def _form_or_stream(data: Any) -> Encoded:
    if hasattr(data, "items"):
        return Encoded(_sized(_form(data.items())), FORM)
    if isinstance(data, list | tuple):
        return Encoded(_sized(_form(data)), FORM)
    if isinstance(data, Iterable):
        return Encoded(Body(data, None), None)
    raise InvalidRequestError(f"The body cannot be made from {type(data).__name__}.")


def _form(pairs: Iterable[tuple[Any, Any]]) -> bytes:
    try:
        return urlencode([(k, v) for k, v in pairs if v is not None], doseq=True).encode()
    except (TypeError, ValueError) as error:
        raise InvalidRequestError(f"The form fields are invalid: {error}.") from error


def _as_json(value: Any) -> bytes:
    dumps: Callable[..., str] = json_module.dumps
    try:
        return dumps(value).encode()
    except (TypeError, ValueError) as error:
        raise InvalidRequestError(f"The body cannot be written as JSON: {error}.") from error


def _sized(content: bytes) -> bytes | Body:
    return content if len(content) <= SMALL_BODY else Body(content, len(content))


def _file_length(file: Any) -> int | None:
    """Return how many bytes are left in `file`, None if that cannot be known."""
    try:
        return os.fstat(file.fileno()).st_size - file.tell()  # type: ignore[no-any-return]
    except (AttributeError, OSError, io.UnsupportedOperation):
        pass
    try:
        position = file.tell()
        end = file.seek(0, io.SEEK_END)
        file.seek(position)
    except (AttributeError, OSError):
        return None
    return int(end - position)
