"""The Cookie header of a session, made anew only when its cookies have changed."""

import time
from math import inf
from typing import TYPE_CHECKING, Any

from requests import PreparedRequest
from requests.cookies import RequestsCookieJar
from requests.structures import CaseInsensitiveDict

from swarm.http.session.borrowed import cookie_header_of, cookies_in, merge_cookies, new_jar
from swarm.http.session.wire import OddRequestError, Place

if TYPE_CHECKING:
    from swarm.http.session.session import HttpSession

_MOST_PLACES = 64


class KnownHeaders:
    """The Cookie headers for one state of a jar.

    Args:
        cookies: The attributes of all cookies in that state.
    """

    __slots__ = ("by_path", "cookies", "good_until")

    def __init__(self, cookies: list[dict[str, Any]]) -> None:
        self.cookies = [dict(cookie) for cookie in cookies]
        self.by_path: dict[tuple[Any, str], str | None] = {}
        self.good_until = min(
            (cookie["expires"] for cookie in cookies if cookie["expires"] is not None),
            default=inf,
        )


def cookie_header(session: "HttpSession", jar: RequestsCookieJar, place: Place) -> str | None:
    """Return the Cookie header for a request, None if no cookie is meant for it."""
    # http.cookiejar offers no way to learn of changes, and cookies may be changed in
    # place. So all there is about each cookie is compared, which takes far less time
    # than making the header.
    cookies = [vars(cookie) for cookie in cookies_in(jar)]
    if not cookies:
        return None
    known: KnownHeaders | None = session.__dict__.get("_known_cookies")
    if known is None or known.cookies != cookies or time.time() >= known.good_until:
        known = session.__dict__["_known_cookies"] = KnownHeaders(cookies)
    path = place.origin, place.target.partition("?")[0]
    try:
        return known.by_path[path]
    except KeyError:
        pass
    if len(known.by_path) >= _MOST_PLACES:
        known.by_path.clear()
    header = known.by_path[path] = _made(jar, place)
    return header


def _made(jar: RequestsCookieJar, place: Place) -> str | None:
    """Return the header as requests makes it: from a copy of the jar, which may shrink."""
    request = PreparedRequest()
    request.url = place.url
    request.headers = CaseInsensitiveDict()
    header = cookie_header_of(merge_cookies(new_jar(), jar), request)
    if header and ("\r" in header or "\n" in header):
        raise OddRequestError  # it would smuggle in header fields: http.client says so
    return header
