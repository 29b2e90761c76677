"""Where a redirect leads, and what of the request goes along."""

from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urljoin

from swarm.http.transport.address import Address, Origin, parse_url
from swarm.http.transport.error import InvalidRequestError
from swarm.http.transport.response import Head

REDIRECTS = frozenset((301, 302, 303, 307, 308))

_SEE_OTHER = 303
_KEEPING = frozenset((307, 308))

PERSONAL = {"Authorization": None, "Cookie": None, "Host": None, "Proxy-Authorization": None}
"""Header fields that were meant for the origin that they were sent to, as removals."""

CONTENT = {"Content-Length": None, "Content-Type": None, "Transfer-Encoding": None, "Expect": None}
"""Header fields that describe a body, as removals."""


class Redirect(NamedTuple):
    """The next request of a chain."""

    address: Address
    method: str
    keeps_body: bool
    same_origin: bool


def redirect_of(head: Head, method: str, origin: Origin, target: str) -> Redirect | None:
    """Return where the answer leads, None if it is no redirect.

    Raises:
        InvalidRequestError: If it leads to no valid address.
    """
    location = head.location
    if not location or head.status not in REDIRECTS:  # an empty one would lead here again
        return None
    with suppress(UnicodeError):  # header fields are latin-1 text; servers write UTF-8
        location = location.encode("latin-1").decode()
    try:
        url = urljoin(f"{origin}{target}", location.strip())
    except ValueError as error:
        raise InvalidRequestError(f"The server redirected to {location!r}: {error}.") from error
    address = parse_url(url)
    to_get = (method == "POST" and head.status not in _KEEPING) or (
        head.status == _SEE_OTHER and method != "HEAD"
    )
    return Redirect(
        address,
        "GET" if to_get else method,
        keeps_body=not to_get,
        same_origin=_trusted(origin, address.origin),
    )


def _trusted(origin: Origin, other: Origin) -> bool:
    """Tell whether secrets may go along: to the same origin, or from http to https there."""
    upgraded = ("http", origin.host, 80) == origin and ("https", origin.host, 443) == other
    return origin == other or upgraded
