"""What of a request goes over the wire: where to, the header block, the body.

What is out of the ordinary is refused here and left to requests' own transport, so that
its semantics are never different.
"""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from requests import PreparedRequest, RequestException
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError
from urllib3.util import parse_url

from swarm.http.session.borrowed import encode_target, header_items, merged_headers
from swarm.http.session.lean import Pairs
from swarm.http.transport.address import DEFAULT_PORTS, Origin
from swarm.http.transport.body import SMALL_BODY, Body

# What urllib3 passes on unchanged: nothing to quote, escapes in its own spelling.
_PLAIN_TARGET = re.compile(r"/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-F]{2})*").fullmatch
_PLAIN_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*").fullmatch
PLAIN_METHOD = re.compile(r"[A-Z]+").fullmatch

_SPECIAL = frozenset(("authorization", "content-type", "cookie", "host"))
_REFUSED = frozenset(("content-length", "expect", "transfer-encoding"))
_WITHOUT_LENGTH = frozenset(("GET", "HEAD", "DELETE", "TRACE", "OPTIONS", "CONNECT"))
_NEEDED = frozenset(("user-agent", "accept-encoding"))  # else http.client adds its own


class OddRequestError(Exception):
    """The request is out of the ordinary: let requests itself handle it."""


class Place(NamedTuple):
    """Where a URL leads."""

    origin: Origin
    url: str
    """The URL as requests prepares it, but for its fragment."""
    target: str
    """What stands on the request line."""


@lru_cache(maxsize=4096)
def place_of(url: str) -> Place | None:
    """Return where a URL of any spelling leads, as requests understands it.

    None for URLs with credentials or fragments, and for those that requests refuses.
    """
    request = PreparedRequest()
    try:
        request.prepare_url(url, None)
        parts = parse_url(request.url or "")
    except (RequestException, HTTPError, UnicodeError):
        return None
    scheme, host = parts.scheme or "", (parts.host or "").strip("[]")
    ordinary = ":" in host or _PLAIN_HOST(host)
    if scheme not in DEFAULT_PORTS or not ordinary or "%" in host:
        return None
    if parts.auth or parts.fragment is not None:
        return None
    origin = Origin(scheme, host, parts.port or DEFAULT_PORTS[scheme])
    return Place(origin, request.url or "", encode_target(request.path_url))


@lru_cache(maxsize=256)
def base_of(base_url: str) -> Place | None:
    """Return where a base host leads, without a slash at its end, if paths can be appended."""
    place = place_of(base_url)
    if place is None or "?" in place.url:
        return None
    return Place(place.origin, place.url.rstrip("/"), place.target.rstrip("/"))


def place_below(base: Place, path: str) -> Place | None:
    """Return where a path below a base host leads, if it needs no thought at all."""
    if "%" in path or "/." in path or not _PLAIN_TARGET(path):
        return None
    return Place(base.origin, base.url + path, base.target + path)


class HeaderBlock(NamedTuple):
    """The header fields of a request that are the same from request to request."""

    pairs: Pairs
    text: str
    """As they are sent, each line ended."""
    special: frozenset[str]
    """Which of Authorization, Content-Type, Cookie and Host are among them, in lower case."""


_blocks: dict[Any, HeaderBlock | None] = {}
_MOST_BLOCKS = 16_384  # thousands of users may have a token each


def header_block(session_headers: Any, headers: Any) -> HeaderBlock:
    """Return the merged header fields of a session and a request.

    Raises:
        OddRequestError: If one of them needs special treatment.
        InvalidHeader: As requests does.
    """
    if type(session_headers) is not CaseInsensitiveDict:
        raise OddRequestError
    if not headers and headers is not None and headers != {}:
        raise OddRequestError  # requests sends no header fields at all for [] and the like
    own = header_items(session_headers)
    key = (own, tuple(headers.items())) if headers else own
    try:
        block = _blocks[key]
    except KeyError:
        block = _merged_block(key, session_headers, headers)
    except TypeError as error:  # a value that is not hashable is no text
        raise OddRequestError from error
    if block is None:
        raise OddRequestError
    return block


def _merged_block(key: Any, session_headers: Any, headers: Any) -> HeaderBlock | None:
    request = PreparedRequest()
    request.prepare_headers(merged_headers(session_headers, headers))
    if len(_blocks) >= _MOST_BLOCKS:
        _blocks.clear()  # headers that are never the same twice
    block = _blocks[key] = block_of(request.headers, _REFUSED)
    return block


def block_of(
    headers: CaseInsensitiveDict[Any], refused: frozenset[str] = frozenset(("expect",))
) -> HeaderBlock | None:
    """Return header fields as a block; None if any is `refused` or cannot be sent as it is."""
    pairs = tuple(headers.items())
    names = {name.lower() for name, _ in pairs}
    if names & refused or not names >= _NEEDED:
        return None
    lines = []
    for name, value in pairs:
        if not isinstance(value, (str, bytes)) or not name.isascii():
            return None
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        line = f"{name}: {text}\r\n"
        if "\n" in line[:-2] or "\r" in line[:-2] or ord(max(line)) > 255:  # noqa: PLR2004 - latin-1
            return None
        lines.append(line)
    return HeaderBlock(pairs, "".join(lines), _SPECIAL & names)


class Wired(NamedTuple):
    """A request as it goes over the wire."""

    place: Place
    data: bytes
    """The head, with the body behind it if it is small."""
    body: Body | None
    """The body, if it is large."""


def wired(method: str, place: Place, fields: str, body: bytes | None, *, hosted: bool) -> Wired:
    """Put a request together.

    Args:
        method: In capitals.
        place: Where it goes.
        fields: The header fields, each line ended.
        body: All of the body.
        hosted: Whether the Host is among the fields.
    """
    host = "" if hosted else f"Host: {place.origin.authority}\r\n"
    head = f"{method} {place.target} HTTP/1.1\r\n{host}{fields}\r\n".encode("latin-1")
    if not body:
        return Wired(place, head, None)
    if len(body) <= SMALL_BODY:
        return Wired(place, head + body, None)
    return Wired(place, head, Body(body, len(body)))


def encoded(request: PreparedRequest) -> Wired:
    """Return how a prepared request goes over the wire.

    Raises:
        OddRequestError: If anything about it is out of the ordinary.
    """
    url = (request.url or "").partition("#")[0]
    place = place_of(url)
    method = request.method or ""
    body: Any = request.body
    if isinstance(body, str):
        body = body.encode()
    if place is None or not PLAIN_METHOD(method) or not isinstance(body, (bytes, type(None))):
        raise OddRequestError
    # Who sets the URL of a prepared request wants it sent as it is, dots and all.
    if place.url != url or type(request.headers) is not CaseInsensitiveDict:
        raise OddRequestError
    block = block_of(request.headers)
    if block is None or not _length_is_right(request, body) or not _PLAIN_TARGET(place.target):
        raise OddRequestError
    return wired(method, place, block.text, body, hosted="host" in block.special)


def _length_is_right(request: PreparedRequest, body: bytes | None) -> bool:
    """Tell whether the header fields say how long the body is, as http.client would have it."""
    if "Transfer-Encoding" in request.headers:
        return False
    length = request.headers.get("Content-Length")
    if length is None:
        return body is None and request.method in _WITHOUT_LENGTH
    return bool(length == str(len(body or b"")))
