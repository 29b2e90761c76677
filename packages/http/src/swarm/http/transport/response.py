"""The head of an answer: status line and header fields, and what they say of the body."""

from functools import lru_cache
from typing import Any

from geventhttpclient._parser import HTTPParseError, HTTPResponseParser

from swarm.http.transport.error import ProtocolError

UNTIL_CLOSE = -1
CHUNKED = -2

_LARGEST_KEPT_HEAD = 4096
_SWITCHING = 101
_NO_BODY = frozenset((204, 304))

Pairs = tuple[tuple[str, str], ...]


class Head:
    """The head of an answer. It is shared between answers that are alike: never change it."""

    __slots__ = (
        "cookies",
        "encoding",
        "keep_alive",
        "length",
        "location",
        "pairs",
        "reason",
        "status",
        "version",
    )

    status: int
    reason: str
    version: str
    """ "1.1" or "1.0"."""
    pairs: Pairs
    """The header fields in the order in which they came, as latin-1 text."""
    length: int
    """Bytes of the body; UNTIL_CLOSE or CHUNKED where they are not known beforehand."""
    keep_alive: bool
    """Whether the connection can serve another request after the body."""
    cookies: tuple[str, ...]
    """The values of Set-Cookie."""
    location: str | None
    encoding: str | None
    """The value of Content-Encoding, in lower case, None where there is nothing to decode."""


class Parser(HTTPResponseParser):
    """llhttp, with built-in functions for callbacks wherever that is possible."""

    __slots__ = (
        "_on_body",
        "_on_header_field",
        "_on_header_value",
        "_on_status",
        "begun",
        "complete",
        "fields",
        "headed",
        "pieces",
        "reason",
    )

    def __init__(self) -> None:
        self.fields: list[str] = []
        """Names and values in turn, if the head is fed in one piece."""
        self.reason: list[str] = []
        self.pieces: list[bytearray] = []
        """What has come of the body and was not taken yet."""
        self._on_header_field = self._on_header_value = self.fields.append
        self._on_status = self.reason.append
        self._on_body = self.pieces.append
        self.begun = self.headed = self.complete = False

    def _on_message_begin(self) -> None:
        if self.complete:
            raise HTTPParseError("more than one answer")
        self.begun = True

    def _on_headers_complete(self) -> None:
        self.headed = True

    def _on_message_complete(self) -> None:
        self.complete = True

    def take(self) -> bytes:
        """Return what has come of the body since the last call."""
        if not self.pieces:
            return b""
        taken = b"".join(self.pieces)
        self.pieces.clear()
        return taken


def feed(parser: Parser, data: bytes) -> None:
    """Feed `data` to the parser.

    Raises:
        ProtocolError: If it breaks the rules of HTTP.
    """
    try:
        parser.feed(data)
    except HTTPParseError as error:
        raise ProtocolError(_readable(error)) from error


def _readable(error: HTTPParseError) -> str:
    reason = error.args[0] if error.args else "unknown"
    return f"The server's answer is not valid HTTP: {reason}"


def parse_head(raw: bytes) -> Head:
    """Return the head that `raw` is, from the first byte to the empty line.

    Many servers send the same head again and again, but for a date that changes every
    second. So results are kept, and finding one costs a tenth of parsing.

    Raises:
        ProtocolError: If it breaks the rules of HTTP.
    """
    return _parse_kept(raw) if len(raw) <= _LARGEST_KEPT_HEAD else _parse(raw)


def _parse(raw: bytes) -> Head:
    parser = Parser()
    try:
        parser.feed(raw)
    except HTTPParseError as error:
        # llhttp stops at a switch of protocols, which is a fine end of a head to us.
        if not (parser.headed and parser.get_code() == _SWITCHING):
            raise ProtocolError(_readable(error)) from error
    head = Head()
    head.status = parser.get_code()
    head.reason = "".join(parser.reason)
    head.version = raw[5:8].decode("latin-1")
    names = parser.fields
    head.pairs = tuple(zip(names[::2], names[1::2], strict=True))
    head.keep_alive = parser.should_keep_alive()
    _read_fields(head)
    return head


_parse_kept = lru_cache(maxsize=512)(_parse)


def _read_fields(head: Head) -> None:
    """Set what the header fields say."""
    fields: dict[str, Any] = {}
    cookies = []
    for name, value in head.pairs:
        low = name.lower()
        if low == "set-cookie":
            cookies.append(value)
        elif low in fields and low in {"transfer-encoding", "content-encoding"}:
            fields[low] += "," + value
        else:
            fields[low] = value
    head.cookies = tuple(cookies)
    head.location = fields.get("location")
    encoding = fields.get("content-encoding", "").strip().lower()
    head.encoding = None if encoding in {"", "identity"} else encoding
    head.length = _body_length(head.status, fields)


def _body_length(status: int, fields: dict[str, str]) -> int:
    if status < 200 or status in _NO_BODY:  # noqa: PLR2004 - interim answers
        return 0
    coding = fields.get("transfer-encoding")
    if coding is not None:
        last = coding.rpartition(",")[2].strip().lower()
        return CHUNKED if last == "chunked" else UNTIL_CLOSE
    length = fields.get("content-length")
    return UNTIL_CLOSE if length is None else int(length)
