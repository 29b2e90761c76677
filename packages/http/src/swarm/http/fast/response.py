"""The answer to a request, taken apart only as far as the test file looks."""

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from swarm.core.exception import ResponseError
from swarm.http.fast.header import ResponseHeaders
from swarm.http.fast.line import lines_of
from swarm.http.fast.stream import ResponseStream
from swarm.http.recording import ResponseContextManager, fresh
from swarm.http.transport.decode import decode
from swarm.http.transport.error import TransportError
from swarm.http.transport.response import Head

if TYPE_CHECKING:
    from swarm.http.fast.sent import SentRequest
    from swarm.http.transport.reading import BodyReader

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s;\"']+)", re.IGNORECASE).search
_FIRST_ERROR = 400


class FastResponse:
    """The answer to a request, or a dummy with status code 0 if there was none.

    Headers, text and decoded content are worked out when they are first asked for.
    """

    __slots__ = (
        "_body",
        "_content",
        "_headers",
        "_stream",
        "error",
        "head",
        "history",
        "js",
        "request",
        "seconds",
    )

    head: Head | None
    """Status line and header fields as they came; None if there was no answer."""
    error: TransportError | None
    """What went wrong, if there was no answer."""
    seconds: float
    """How long the answer took, redirects included."""
    history: tuple["FastResponse", ...]
    """The redirects on the way here, the oldest first."""
    request: "SentRequest"
    """What was asked: method, url, headers, body."""
    js: Any
    """The parsed JSON body; only set by `FastHttpUser.rest()`."""

    def __init__(
        self,
        request: "SentRequest",
        head: Head | None,
        body: "bytes | BodyReader",
        seconds: float,
        error: TransportError | None = None,
    ) -> None:
        self.request = request
        self.head = head
        self._body = body
        self.seconds = seconds
        self.error = error
        self.history = ()
        self._content: bytes | None = None
        self._stream: ResponseStream | None = None
        self._headers: ResponseHeaders | None = None

    @property
    def status_code(self) -> int:
        """The HTTP status; 0 if there was no answer."""
        return 0 if self.head is None else self.head.status

    @property
    def reason(self) -> str:
        """The text after the status code, which servers may leave out."""
        return "" if self.head is None else self.head.reason

    @property
    def ok(self) -> bool:
        """Whether there was an answer with a status below 400."""
        return self.head is not None and self.head.status < _FIRST_ERROR

    @property
    def url(self) -> str:
        """The address that gave this answer, after redirects."""
        return self.request.url

    @property
    def elapsed(self) -> timedelta:
        """How long the answer took, redirects included."""
        return timedelta(seconds=self.seconds)

    @property
    def headers(self) -> ResponseHeaders:
        """The header fields, by name in any case."""
        headers = self._headers
        if headers is None:
            headers = ResponseHeaders(() if self.head is None else self.head.pairs)
            self._headers = headers
        return headers

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies that this answer has set, by name."""
        pairs = (
            text.partition(";")[0].partition("=") for text in self.headers.get_list("set-cookie")
        )
        return {name.strip(): value.strip() for name, _, value in pairs}

    @property
    def content(self) -> bytes | None:
        """The body, decompressed; None if there was no answer.

        With `stream=True` this reads all of it into memory.

        Raises:
            TransportError: If the body cannot be decoded, or (with `stream=True`) breaks off.
        """
        if self._content is None and self.head is not None:
            body = self._body
            if isinstance(body, bytes):
                self._content = decode(body, self.head.encoding)
            else:
                self._content = self.stream.read()
        return self._content

    @property
    def encoding(self) -> str:
        """The character set of the text: as the server says, else UTF-8."""
        found = _CHARSET(self.headers.get("content-type", ""))
        return "utf-8" if found is None else _character_set(found[1])

    @property
    def text(self) -> str:
        """The body as text; "" if there was no answer. Bytes that make no text are replaced."""
        content = self.content
        return content.decode(self.encoding, "replace") if content else ""

    def json(self, **kwargs: Any) -> Any:
        """Return the body parsed as JSON.

        Args:
            kwargs: For `json.loads`.

        Raises:
            json.JSONDecodeError: If it is no JSON.
        """
        return json.loads(self.content or b"", **kwargs)

    @property
    def stream(self) -> ResponseStream:
        """The body as a file that can be read piece by piece, decompressed."""
        if self._stream is None:
            encoding = None if self.head is None else self.head.encoding
            content = self._content
            if content is not None:
                self._stream = ResponseStream(content, None)
            else:
                self._stream = ResponseStream(self._body, encoding)
        return self._stream

    def iter_content(
        self,
        chunk_size: int | None = 1,
        decode_unicode: bool = False,  # noqa: FBT001, FBT002 - requests' form
    ) -> Iterator[Any]:
        """Yield the body in pieces.

        Args:
            chunk_size: Bytes of each piece; None for pieces as they come.
            decode_unicode: Whether to yield text instead of bytes.
        """
        pieces: Iterable[bytes] = self.stream.pieces(chunk_size)
        return (
            codecs.iterdecode(pieces, self.encoding, "replace") if decode_unicode else iter(pieces)
        )

    def iter_lines(
        self,
        chunk_size: int = 512,
        decode_unicode: bool = False,  # noqa: FBT001, FBT002 - requests' form
        delimiter: Any = None,
    ) -> Iterator[Any]:
        """Yield the body line by line, without line ends, each as soon as it is complete.

        Args:
            chunk_size: Not needed; lines are yielded as they come.
            decode_unicode: Whether to yield text instead of bytes.
            delimiter: What separates lines, if not line ends.
        """
        del chunk_size
        return lines_of(self.iter_content(None, decode_unicode), delimiter)

    def raise_for_status(self) -> None:
        """Raise what the request failed with, if it did.

        Raises:
            TransportError: If there was no answer.
            ResponseError: If its status is 400 or above.
        """
        error = self.failure_reason()
        if error is not None:
            raise fresh(error)

    def failure_reason(self) -> BaseException | None:
        """Return what the request failed with by the usual rule; None if it did not."""
        head = self.head
        if head is None:
            return self.error
        if head.status < _FIRST_ERROR:
            return None
        return ResponseError(f"{head.status} {head.reason or _phrase(head.status)}".rstrip())

    @property
    def length(self) -> int:
        """Bytes of the body as they came over the wire, or as announced if it is streamed."""
        body = self._body
        if isinstance(body, bytes):
            return len(body)
        return max(0, body.head.length)

    def close(self) -> None:
        """Give up a streamed body that was not read to its end, and its connection."""
        if not isinstance(self._body, bytes):
            self._body.close()

    def __bool__(self) -> bool:
        return self.ok

    def __repr__(self) -> str:
        return f"<{type(self).__name__} [{self.status_code}]>"


class CaughtFastResponse(ResponseContextManager, FastResponse):
    """A response whose success or failure is decided in a with-block."""


@lru_cache(maxsize=64)
def _character_set(name: str) -> str:
    """Return Python's name of a character set; that of UTF-8 for what makes no text."""
    try:
        b"\xff".decode(name, "replace")  # Python has codecs for other things, under odd names
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        return "utf-8"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
