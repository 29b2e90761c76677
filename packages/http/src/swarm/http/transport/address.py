"""URLs, the origins they lead to, and what of them goes on the request line."""

import re
from functools import lru_cache
from ipaddress import IPv6Address
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlencode, urlsplit

from swarm.http.transport.error import InvalidRequestError

DEFAULT_PORTS = {"http": 80, "https": 443}

plain_target = re.compile(r"/[!$-;=?-Z_a-z~]*").fullmatch
"""Matches a path (with its query) that can go on the request line as it is."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=%-]+").fullmatch


class Origin(NamedTuple):
    """Where connections lead to: requests to one origin share them."""

    scheme: str
    host: str
    port: int

    @property
    def secure(self) -> bool:
        """Whether it is spoken to over TLS."""
        return self.scheme == "https"

    @property
    def bracketed_host(self) -> str:
        """The host as it stands in URLs, IPv6 addresses in brackets."""
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def authority(self) -> str:
        """The value of the Host header: the port is left out where it is the usual one."""
        if self.port == DEFAULT_PORTS[self.scheme]:
            return self.bracketed_host
        return f"{self.bracketed_host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}"


class Address(NamedTuple):
    """A URL, taken apart."""

    origin: Origin
    target: str
    """Path and query, ready for the request line."""
    credentials: tuple[str, str] | None
    """User and password, where the URL carries them."""

    @property
    def url(self) -> str:
        """The address without credentials and fragment."""
        return f"{self.origin}{self.target}"


@lru_cache(maxsize=1024)
def parse_url(url: str) -> Address:
    """Take a full address apart.

    Raises:
        InvalidRequestError: If it has no scheme, another scheme than http and https, no
            host, an impossible port, or control characters.
    """
    if _CONTROL.search(url):
        raise InvalidRequestError(f"The URL {url!r} contains control characters.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidRequestError(f"The URL {url!r} is invalid: {error}.") from error
    if parts.scheme not in DEFAULT_PORTS:
        raise InvalidRequestError(
            f"The URL {url!r} does not start with http:// or https://. "
            "Set a base host, or write the whole address."
        )
    if not host:
        raise InvalidRequestError(f"The URL {url!r} names no host.")
    origin = Origin(
        parts.scheme, _host(host, url), DEFAULT_PORTS[parts.scheme] if port is None else port
    )
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    credentials = None
    if parts.username is not None:
        credentials = (unquote(parts.username), unquote(parts.password or ""))
    return Address(origin, request_target(target), credentials)


def _host(host: str, url: str) -> str:
    if ":" in host:
        try:
            IPv6Address(host)
        except ValueError as error:
            raise InvalidRequestError(f"The URL {url!r} names no valid host.") from error
        return host
    try:
        name = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError as error:
        raise InvalidRequestError(f"The URL {url!r} names no valid host.") from error
    if not _HOST(name):
        raise InvalidRequestError(f"The URL {url!r} names no valid host.")
    return name


def request_target(path: str) -> str:
    """Return path and query as they go on the request line: quoted where need be.

    Escapes that are there already stay as they are; a fragment is left out.

    Args:
        path: Path and query, starting with a slash.

    Raises:
        InvalidRequestError: If it contains control characters.
    """
    if plain_target(path):
        return path
    if _CONTROL.search(path):
        raise InvalidRequestError(f"The path {path!r} contains control characters.")
    path = _BROKEN_ESCAPE.sub("%25", path.partition("#")[0])
    try:
        return quote(path, safe="!$%&'()*+,-./:;=?@_~[]|")
    except UnicodeError as error:
        raise InvalidRequestError(f"The path {path!r} cannot be encoded.") from error


def with_params(url: str, params: Any) -> str:
    """Return `url` with `params` appended to its query.

    Args:
        url: An address or a path.
        params: A mapping (values may be lists; None leaves one out), pairs, text or bytes.

    Raises:
        InvalidRequestError: If `params` are none of these.
    """
    if isinstance(params, bytes):
        query = params.decode("latin-1")
    elif isinstance(params, str):
        query = params
    else:
        pairs = params.items() if hasattr(params, "items") else params
        try:
            query = urlencode([(k, v) for k, v in pairs if v is not None], doseq=True)
        except (TypeError, ValueError) as error:
            raise InvalidRequestError(f"The params {params!r} are invalid: {error}.") from error
    if not query:
        return url
    url, hash_mark, fragment = url.partition("#")
    return f"{url}{'&' if '?' in url else '?'}{query}{hash_mark}{fragment}"
